/* SPDX-License-Identifier: MIT */
/* PNG files by libpng: eight bits a component, no transparency, no time, so that the same picture
 * makes the same file. */

#include "picture.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const picture_choice = "libpng";
const char *const picture_detail = "--screenshot-at writes what is on the screen as PNG.";
const bool picture_is_there = true;

const char *picture_write(const char *path, const uint32_t *pixels, uint32_t width, uint32_t height)
{
    static char why[64 + sizeof((png_image *)NULL)->message];
    size_t count = (size_t)width * height;
    uint8_t *bytes = malloc(count * 3 + 1);
    if (bytes == NULL) {
        return "no memory";
    }
    for (size_t i = 0; i < count; i++) {
        bytes[i * 3] = (uint8_t)(pixels[i] >> 16);
        bytes[i * 3 + 1] = (uint8_t)(pixels[i] >> 8);
        bytes[i * 3 + 2] = (uint8_t)pixels[i];
    }
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGB};
    FILE *file = fopen(path, "we");
    bool is_written =
        file != NULL && png_image_write_to_stdio(&image, file, 0, bytes, 0, NULL) != 0;
    if (file == NULL) {
        snprintf(why, sizeof why, "%s", strerror(errno));
    } else if (!is_written) {
        snprintf(why, sizeof why, "%s", image.message);
    }
    if (file != NULL && fclose(file) != 0 && is_written) {
        snprintf(why, sizeof why, "%s", strerror(errno));
        is_written = false;
    }
    png_image_free(&image);
    free(bytes);
    return is_written ? NULL : why;
}
