/* SPDX-License-Identifier: MIT */
#pragma once

/* A PS/2 keyboard (IBM PS/2 technical reference): scan code sets 1 and 2, lights, typematic repeat,
 * and its commands. Set 3 is left out: asking for it is answered with "resend". */

#include "hal-posix/machine.h"

struct keyboard;
struct ps2;

struct keyboard *keyboard_create(void);
void keyboard_destroy(struct keyboard *keyboard);
struct ps2 *keyboard_ps2(struct keyboard *keyboard);

/* A key (scancode.h) goes down or up. */
void keyboard_key(struct machine *machine, uint32_t key, bool pressed);
/* The lights: 1 scroll lock, 2 number lock, 4 caps lock. */
uint32_t keyboard_lights(const struct keyboard *keyboard);
