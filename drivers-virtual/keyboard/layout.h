/* SPDX-License-Identifier: MIT */
#pragma once

/* What keys write: tables by layout and scan code (set 1, without prefix). */

#include <stddef.h>
#include <stdint.h>

#define LAYOUT_KEYS 0x59

struct layout_key {
    uint16_t plain, shifted, graph; /* Unicode; 0: writes nothing */
};

struct layout {
    const char *name;
    struct layout_key keys[LAYOUT_KEYS];
};

/* The first one is used unless another is asked for. */
extern const struct layout layouts[];
extern const size_t layout_count;

/* The layout of this name, `size` bytes; NULL: there is none. */
const struct layout *layout_find(const unsigned char *name, size_t size);
