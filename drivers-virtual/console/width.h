/* SPDX-License-Identifier: MIT */
#pragma once

/* How wide the terminal is. A serial line does not say, so the terminal is asked: the cursor is
 * sent far to the right, asked for its position, and sent back. The answer comes among what is
 * typed and is taken out of it. A terminal that gives none within a second is taken to have 80
 * columns. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output.h"

#define WIDTH_UNKNOWN 80
#define WIDTH_LEAST   10 /* a report of less is none */
#define WIDTH_REPORT  12 /* bytes of the longest report: ESC [ row ; column R */

struct width {
    size_t columns;
    bool is_asked;  /* a report may come … */
    uint64_t until; /* … before this time */
    size_t count;   /* bytes of it that are here */
    char text[WIDTH_REPORT];
};

/* Asks. The cursor is where it was. */
void width_ask(struct width *width, struct output *output, uint64_t now);

/* Takes a received byte. Returns how many bytes are to be handed on as typed, in `typed`: that one,
 * or none while it may belong to a report, or all that were kept if they turn out to be none. */
size_t width_take(struct width *width, uint8_t byte, uint64_t now, uint8_t typed[WIDTH_REPORT]);
