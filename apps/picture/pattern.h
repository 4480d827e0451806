/* SPDX-License-Identifier: MIT */
#pragma once

/* The picture that `picture` draws: red grows to the right, green downwards, blue in squares, a
 * circle in the middle is the other way round, and a white line runs around it all. A test computes
 * the same to check every pixel of a screenshot. */

#include <stdint.h>

static inline uint32_t pattern_colour(uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
    int64_t right = (int64_t)x * 2 - width, down = (int64_t)y * 2 - height;
    uint32_t red = x * 255 / (width - 1), green = y * 255 / (height - 1);
    uint32_t blue = ((x ^ y) & 32) != 0 ? 0xc0 : 0x20;

    if (x == 0 || y == 0 || x == width - 1 || y == height - 1) {
        return 0xffffff;
    }
    if (right * right + down * down < (int64_t)height * height / 2) {
        return (255 - red) << 16 | (255 - green) << 8 | (255 - blue);
    }
    return red << 16 | green << 8 | blue;
}

/* The bytes of a pixel of a colour 0x00RRGGBB. With 8 bits a pixel, of the cube of 6 × 6 × 6
 * colours that begins at 16. */
static inline uint32_t pattern_pixel(uint32_t colour, uint32_t bits)
{
    uint32_t red = colour >> 16, green = colour >> 8 & 255, blue = colour & 255;

    switch (bits) {
    case 8:
        return 16 + red / 43 * 36 + green / 43 * 6 + blue / 43;
    case 15:
        return red >> 3 << 10 | green >> 3 << 5 | blue >> 3;
    case 16:
        return red >> 3 << 11 | green >> 2 << 5 | blue >> 3;
    default:
        return colour;
    }
}
