/* SPDX-License-Identifier: MIT */
#pragma once

/* The interval timer: an 8254 on ports 0x40–0x43; counter 0 drives interrupt line 0. */

#include "hal-posix/machine.h"

struct pit *pit_create(struct machine *machine);
void pit_destroy(struct pit *pit);
