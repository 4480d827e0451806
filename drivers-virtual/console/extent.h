/* SPDX-License-Identifier: MIT */
#pragma once

/* How wide and how high the terminal is. A serial line does not say, so the terminal is asked: the
 * cursor is sent far to the right and down, asked for its position, and sent back. The answer comes
 * among what is typed and is taken out of it. A terminal that gives none within a second is taken
 * to have 80 columns, and a height that nobody knows. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output.h"

#define EXTENT_COLUMNS 80 /* until it tells */
#define EXTENT_LEAST   10 /* a report of fewer columns is none */
#define EXTENT_REPORT  12 /* bytes of the longest report: ESC [ row ; column R */

struct extent {
    size_t columns;
    size_t rows;    /* 0: not known */
    bool is_asked;  /* a report may come … */
    uint64_t until; /* … before this time */
    size_t count;   /* bytes of it that are here */
    char text[EXTENT_REPORT];
};

/* Asks. The cursor is where it was. */
void extent_ask(struct extent *extent, struct output *output, uint64_t now);

/* Takes a received byte. Returns how many bytes are to be handed on as typed, in `typed`: that one,
 * or none while it may belong to a report, or all that were kept if they turn out to be none. */
size_t extent_take(struct extent *extent, uint8_t byte, uint64_t now, uint8_t typed[EXTENT_REPORT]);
