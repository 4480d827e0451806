/* SPDX-License-Identifier: MIT */
#pragma once

/* Pictures as PNG files, by libpng (picture.c) or not at all (picture-none.c). */

#include <stdbool.h>
#include <stdint.h>

/* Writes 0x00RRGGBB pixels, rows from the top. NULL, or why it could not be done. */
const char *picture_write(const char *path, const uint32_t *pixels, uint32_t width,
                          uint32_t height);

/* For `terrarium doctor`. */
extern const char *const picture_choice, *const picture_detail;
extern const bool picture_is_there;
