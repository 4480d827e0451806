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
    0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef,
    0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9,
    0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa,
    0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
    0x255d, 0x255c, 0x255b, 0x2510, 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
    0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
    0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
    0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4,
    0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248,
    0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0};

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
