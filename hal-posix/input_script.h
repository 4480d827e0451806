/* SPDX-License-Identifier: MIT */
#pragma once

/* Keys and mouse moves with the machine's times, from a file. A line is TIME WHAT; TIME is 1.5s,
 * 200ms, or with a + so much after what the line before did:
 *
 *   1s    key NAME...        pressed in this order and released 20 ms later: key control-left c
 *   +50ms type TEXT          to the end of the line; \n enter, \t tab, \\; a character takes 30 ms
 *   2s    down NAME          up NAME: one of the two
 *   +1s   move RIGHT DOWN    wheel N, press BUTTON, release BUTTON, click BUTTON: the mouse; a
 *                            button is left, right or middle
 *
 * "#" begins a comment. Names of keys: a to z, 0 to 9, enter, escape, shift-left … (scancode.c). */

#include "machine.h"

/* Reads machine->hardware.keyboard, if there is one, and queues the first. False with a sentence.
 */
bool input_script_create(struct machine *machine, char *error, size_t error_size);
/* Presses keys together and releases them, behind what is to come already: 30 ms. */
void input_script_press(struct machine *machine, const uint32_t *keys, uint32_t count);
/* Everything has happened. */
bool input_script_is_idle(const struct machine *machine);
void input_script_destroy(struct input_script *script);
