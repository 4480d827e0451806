/* SPDX-License-Identifier: MIT */
/* Looks at a screenshot, for test_video.sh. Prints what it finds and ends with 1 if a pixel is not
 * as it should be.
 *
 *     check_picture FILE size                   WIDTHxHEIGHT
 *     check_picture FILE pattern BITS           every pixel of what `picture` draws
 *     check_picture FILE colour RRGGBB          every pixel
 *     check_picture FILE pixel X Y              its colour
 *     check_picture FILE cell ROW COLUMN        of text: the first pixel's colour, the other
 * colour, and the rows of dots in the latter, 9 dots each */

#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apps/picture/pattern.h"

#define CELL_WIDTH  9
#define CELL_HEIGHT 16

struct picture {
    uint32_t width, height;
    uint8_t *bytes;
};

static uint32_t pixel(const struct picture *picture, uint32_t x, uint32_t y)
{
    const uint8_t *at = picture->bytes + ((size_t)y * picture->width + x) * 3;
    return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

static int read_picture(const char *path, struct picture *picture)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (png_image_begin_read_from_file(&image, path) == 0) {
        fprintf(stderr, "%s: %s\n", path, image.message);
        return 1;
    }
    image.format = PNG_FORMAT_RGB;
    picture->width = image.width;
    picture->height = image.height;
    picture->bytes = malloc(PNG_IMAGE_SIZE(image));
    if (picture->bytes == NULL ||
        png_image_finish_read(&image, NULL, picture->bytes, 0, NULL) == 0) {
        fprintf(stderr, "%s: %s\n", path, image.message);
        return 1;
    }
    return 0;
}

/* `bits` bits as eight: the highest ones again below. */
static uint32_t as_eight(uint32_t value, uint32_t bits)
{
    return value << (8 - bits) | value >> (2 * bits - 8);
}

/* What a monitor shows for a pixel of so many bits. */
static uint32_t shown(uint32_t value, uint32_t bits)
{
    uint32_t cube = (value - 16) * (bits == 8);
    switch (bits) {
    case 8: /* six bits of the levels 0, 33h … ffh */
        return as_eight(cube / 36 * 0x33 >> 2, 6) << 16 |
               as_eight(cube / 6 % 6 * 0x33 >> 2, 6) << 8 | as_eight(cube % 6 * 0x33 >> 2, 6);
    case 15:
        return as_eight(value >> 10, 5) << 16 | as_eight(value >> 5 & 31, 5) << 8 |
               as_eight(value & 31, 5);
    case 16:
        return as_eight(value >> 11, 5) << 16 | as_eight(value >> 5 & 63, 6) << 8 |
               as_eight(value & 31, 5);
    default:
        return value;
    }
}

static int compare(const struct picture *picture, uint32_t x, uint32_t y, uint32_t right)
{
    uint32_t is = pixel(picture, x, y);
    if (is != right) {
        printf("pixel %u, %u is %06x, should be %06x\n", x, y, is, right);
    }
    return is != right;
}

static int check_all(const struct picture *picture, uint32_t bits, uint32_t colour)
{
    for (uint32_t y = 0; y < picture->height; y++) {
        for (uint32_t x = 0; x < picture->width; x++) {
            uint32_t right = colour;
            if (bits != 0) {
                uint32_t drawn = pattern_colour(x, y, picture->width, picture->height);
                right = shown(pattern_pixel(drawn, bits), bits);
            }
            if (compare(picture, x, y, right) != 0) {
                return 1;
            }
        }
    }
    printf("%u pixels\n", picture->width * picture->height);
    return 0;
}

static int print_cell(const struct picture *picture, uint32_t row, uint32_t column)
{
    uint32_t left = column * CELL_WIDTH, top = row * CELL_HEIGHT;
    if (left + CELL_WIDTH > picture->width || top + CELL_HEIGHT > picture->height) {
        return 1;
    }
    uint32_t back = pixel(picture, left, top), front = back;
    uint32_t rows[CELL_HEIGHT] = {0};
    for (uint32_t y = 0; y < CELL_HEIGHT; y++) {
        for (uint32_t x = 0; x < CELL_WIDTH; x++) {
            uint32_t colour = pixel(picture, left + x, top + y);
            front = colour != back ? colour : front;
            rows[y] = rows[y] << 1 | (colour != back);
        }
    }
    printf("%06x %06x", back, front);
    for (uint32_t y = 0; y < CELL_HEIGHT; y++) {
        printf(" %03x", rows[y]);
    }
    printf("\n");
    return 0;
}

static uint32_t number(char **words, int count, int index, int base)
{
    return index < count ? (uint32_t)strtoul(words[index], NULL, base) : 0;
}

int main(int count, char **words)
{
    struct picture picture;
    int result = 2;
    if (count < 3 || read_picture(words[1], &picture) != 0) {
        return 2;
    }
    uint32_t first = number(words, count, 3, 10), second = number(words, count, 4, 10);
    if (strcmp(words[2], "size") == 0) {
        printf("%ux%u\n", picture.width, picture.height);
        result = 0;
    } else if (strcmp(words[2], "pattern") == 0) {
        result = check_all(&picture, first, 0);
    } else if (strcmp(words[2], "colour") == 0) {
        result = check_all(&picture, 0, number(words, count, 3, 16));
    } else if (strcmp(words[2], "pixel") == 0 && first < picture.width && second < picture.height) {
        printf("%06x\n", pixel(&picture, first, second));
        result = 0;
    } else if (strcmp(words[2], "cell") == 0) {
        result = print_cell(&picture, first, second);
    }
    free(picture.bytes);
    return result;
}
