/* SPDX-License-Identifier: MIT */
#pragma once

/* The cells of the text screen. Characters are code page 437's; those it does not have are shown as
 * question marks. */

#include <stdint.h>

#define TEXT_COLUMNS 80
#define TEXT_ROWS    25

/* Where the cells lie: a character and an attribute each. */
void text_open(volatile uint16_t *cells);
void text_clear(uint32_t attribute);
/* Writes UTF-8 from a place on; a newline begins the next row at column 0.
 * What does not fit is left out. How many cells were written. */
uint32_t text_write(uint32_t row, uint32_t column, uint32_t attribute, const unsigned char *text,
                    uint64_t size);
