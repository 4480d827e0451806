/* SPDX-License-Identifier: MIT */
#pragma once

/* The VGA's registers in its text mode of 80 x 25 characters, for a driver that does not trust what
 * it finds. The ports are those that interface_open claims. */

#include <stdbool.h>

/* Whether they are as that mode has them; cursor and colours are not looked at. */
bool vga_is_text(void);

/* Puts them so, with the mode's colours. The letters' shapes stay what they are. */
void vga_text(void);

/* The mode's 64 colours alone. */
void vga_colours(void);
