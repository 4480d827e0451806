/* SPDX-License-Identifier: MIT */
#pragma once

/* The floppy controller of a PC (Intel data sheet 82077AA) on ports 3F0h to 3F5h and 3F7h, line 6,
 * DMA channel 2, with up to two drives. */

#include "hal-posix/machine.h"

struct i82077 *i82077_create(struct machine *machine);
void i82077_destroy(struct i82077 *controller); /* NULL: nothing */
