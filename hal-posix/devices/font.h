/* SPDX-License-Identifier: MIT */
#pragma once

/* A small font for text modes when there is no VGA BIOS to take one from: ASCII, 5 × 7 dots drawn
 * twice as high, a block for everything else. */

#include <stdint.h>

#define FONT_ROWS 16

/* The rows of a character, the leftmost dot the highest bit. */
void font_character(uint8_t character, uint8_t rows[FONT_ROWS]);
