/* SPDX-License-Identifier: MIT */
/* Built without libpng: no pictures. */

#include "picture.h"

#include <stddef.h>

const char *const picture_choice = "none";
const char *const picture_detail = "Built without libpng: --screenshot-at writes nothing.";
const bool picture_is_there = false;

const char *picture_write(const char *path, const uint32_t *pixels, uint32_t width, uint32_t height)
{
    (void)path, (void)pixels, (void)width, (void)height;
    return "this program was built without libpng (package libpng-dev)";
}
