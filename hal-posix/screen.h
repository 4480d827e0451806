/* SPDX-License-Identifier: MIT */
#pragma once

/* The host ends of the display: pictures as PNG files, and live as a window or in the terminal.
 * A live display has a host thread of its own that looks at the display's memory a few times a
 * second. It changes nothing in the machine; what is typed into a window goes into a queue that
 * the machine takes from as from any live input. */

#include <stdbool.h>
#include <stdint.h>

struct machine;

/* The picture of now as a PNG file (struct hardware_slots). */
bool screen_shot(struct machine *machine, const char *path);
