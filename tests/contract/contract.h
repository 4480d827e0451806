/* SPDX-License-Identifier: MIT */
#pragma once

/* The machine contract (kernel/hal.h) as tests: the same cases run on every machine. A machine says
 * here how it is made. */

#include <stdint.h>

#include "kernel/hal.h"

extern const char contract_name[];

/* A machine of at least 8 MiB whose random bytes depend on the seed alone; time is virtual. */
struct machine *contract_create(uint64_t seed);
void contract_destroy(struct machine *machine);
