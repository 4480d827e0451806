/* SPDX-License-Identifier: MIT */
/* Cells and characters. */

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

#define UPPER     0x80
#define UNKNOWN   '?'
#define MALFORMED 0xfffd

/* Code page 437 from 0x80 on. */
static const uint16_t page[] = {
#include <terrarium/device/cp437.def>
};

static volatile uint16_t *screen;

void text_open(volatile uint16_t *cells)
{
    screen = cells;
}

static uint8_t of_code_point(uint32_t point)
{
    if (point >= ' ' && point < 0x7f) {
        return (uint8_t)point;
    }
    for (size_t i = 0; i < sizeof page / sizeof page[0]; i++) {
        if (page[i] == point) {
            return (uint8_t)(UPPER + i);
        }
    }
    return UNKNOWN;
}

/* The bytes that follow the first byte of a character, and the bits this one has. */
static uint32_t following(unsigned char first, uint32_t *bits)
{
    uint32_t count = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;

    *bits = count == 0 ? first : first & (0x3fU >> count);
    return count;
}

/* The next character; *used bytes are its. */
static uint32_t take(const unsigned char *text, uint64_t size, uint64_t *used)
{
    uint32_t point;
    uint32_t more = following(text[0], &point);

    *used = 1;
    if (more == 0) {
        return text[0] < 0x80 ? point : MALFORMED;
    }
    while (more > 0 && *used < size && (text[*used] & 0xc0) == 0x80) {
        point = point << 6 | (text[(*used)++] & 0x3fU);
        more--;
    }
    return more == 0 ? point : MALFORMED;
}

void text_clear(uint32_t attribute)
{
    for (size_t i = 0; i < TEXT_COLUMNS * TEXT_ROWS; i++) {
        screen[i] = (uint16_t)(attribute << 8 | ' ');
    }
}

uint32_t text_write(uint32_t row, uint32_t column, uint32_t attribute, const unsigned char *text,
                    uint64_t size)
{
    uint32_t written = 0;

    for (uint64_t at = 0, used; at < size; at += used) {
        uint32_t point = take(text + at, size - at, &used);
        if (point == '\n') {
            row++;
            column = 0;
        } else if (row < TEXT_ROWS && column < TEXT_COLUMNS) {
            screen[row * TEXT_COLUMNS + column++] =
                (uint16_t)(attribute << 8 | of_code_point(point));
            written++;
        }
    }
    return written;
}
