/* SPDX-License-Identifier: MIT */
#pragma once

/* The lines typed before, for the arrow keys. */

#include <stddef.h>

#define HISTORY_LINES 64

struct history {
    char *lines[HISTORY_LINES]; /* a ring; the heap's */
    size_t first, count;
};

/* Remembers a line, not twice in a row, and not an empty one. The oldest goes. */
void history_add(struct history *history, const char *line, size_t length);

/* The line `back` steps ago, 1 the latest; NULL: there is none. */
const char *history_line(const struct history *history, size_t back);
