/* SPDX-License-Identifier: MIT */
#pragma once

/* A PS/2 mouse with three buttons, and with a wheel once the driver has set the sample rates 200,
 * 100 and 80 in a row (Microsoft IntelliMouse). */

#include "hal-posix/machine.h"

struct mouse;
struct ps2;

enum mouse_buttons { MOUSE_LEFT = 1, MOUSE_RIGHT = 2, MOUSE_MIDDLE = 4 };

struct mouse *mouse_create(void);
void mouse_destroy(struct mouse *mouse);
struct ps2 *mouse_ps2(struct mouse *mouse);

/* The mouse is moved right and down, its wheel towards the person; buttons: those held now. */
void mouse_move(struct machine *machine, int32_t right, int32_t down, int32_t wheel);
void mouse_buttons(struct machine *machine, uint32_t buttons);
