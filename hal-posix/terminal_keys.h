/* SPDX-License-Identifier: MIT */
#pragma once

/* A terminal as the keyboard: what it sends is typed on the keys of a US keyboard. Only live input
 * is; a script of keys has times of its own (input_script.h). */

#include "machine.h"

/* Whether the terminal is the keyboard's. */
bool terminal_types(const struct machine *machine);
/* There may be more to type. */
bool terminal_can_read(const struct machine *machine);
/* The terminal is ready. */
void terminal_read(struct machine *machine);
