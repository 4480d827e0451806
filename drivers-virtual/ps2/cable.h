/* SPDX-License-Identifier: MIT */
#pragma once

/* The mouse's cable as `d\keyboard` lends it to `d\mouse`: a device of type serial, for drivers
 * alone. READ waits for bytes from the mouse, WRITE sends some. */

#define PS2_MOUSE_CABLE "i8042\\mouse"
