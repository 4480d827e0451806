/* SPDX-License-Identifier: MIT */
#pragma once

/* The keyboard controller of a PC: an 8042 on ports 0x60 and 0x64 with a keyboard on line 1 and a
 * mouse on line 12, as the IBM PS/2 technical reference describes it. Firmware has left it with
 * translation to scan code set 1 on, the keyboard's interface and interrupt on, the mouse's off. */

#include "hal-posix/machine.h"

struct i8042 *i8042_create(struct machine *machine);
void i8042_destroy(struct i8042 *controller);

/* A device has something to send. */
void i8042_wake(struct machine *machine);
