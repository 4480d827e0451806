/* SPDX-License-Identifier: MIT */
#pragma once

/* The keyboard controller, an 8042 (IBM PS/2 technical reference, keyboard and auxiliary device
 * controller): ports 0x60 and 0x64, lines 1 and 12. Nothing here waits: what the controller cannot
 * take now is kept and tried again by a timer. */

#include <stdbool.h>
#include <stdint.h>

#define CONTROLLER_KEYBOARD_IRQ 1
#define CONTROLLER_MOUSE_IRQ    12
#define CONTROLLER_TIMER        2 /* the cookie of the timer it sets */

/* Claims the ports, empties the controller and sets it up: translation to scan code set 1, both
 * interrupts on, the mouse's cable off. False: there is no controller here; *error: a TR_E_* if the
 * ports are another's. */
bool controller_open(int64_t *error);

/* Bytes to the two ends. */
void controller_to_keyboard(uint8_t byte);
void controller_to_mouse(uint8_t byte);

/* Switches the mouse's cable on or off. */
void controller_mouse(bool is_on);

/* The timer has run out. */
void controller_timer(void *user);

/* Takes a byte that has come, and says from which end. False: there is none. */
bool controller_receive(uint8_t *byte, bool *is_mouse);
