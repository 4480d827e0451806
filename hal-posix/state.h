/* SPDX-License-Identifier: MIT */
#pragma once

/* Areas for the extended registers of threads that were interrupted in the middle; only such
 * threads own one. Pages come straight from the host, since the handler of a signal takes them. */

#include "machine.h"

bool state_create(struct machine *machine);
void state_destroy(struct machine *machine);

/* The context's own area, made if it has none yet. */
void state_own(struct machine *machine, struct hal_context *context);
