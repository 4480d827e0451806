/* SPDX-License-Identifier: MIT */
#pragma once

/* Keys and the codes they send. A key is its code in scan code set 2, with SCANCODE_EXTENDED if the
 * prefix e0 goes before it; names and characters are those of a US keyboard. */

#include <stdbool.h>
#include <stdint.h>

enum { SCANCODE_EXTENDED = 0x100, SCANCODE_BREAK = 0xf0, SCANCODE_PREFIX = 0xe0 };
enum { SCANCODE_PAUSE = 0x201, SCANCODE_PRINT = 0x202, SCANCODE_SHIFT = 0x12 };

/* What the controller makes of a byte of set 2. */
uint8_t scancode_to_set_1(uint8_t byte);

/* The key of a name such as "a", "enter", "shift-left", "f1"; 0: no such key. */
uint32_t scancode_of_name(const char *name);
/* The key that writes a character; *shifted: with shift. 0: none does. */
uint32_t scancode_of_character(char character, bool *shifted);

/* What a key sends in a set (1 or 2) when it is pressed or released: at most 8 bytes; how many. */
uint32_t scancode_bytes(uint32_t key, uint32_t set, bool pressed, uint8_t bytes[8]);
