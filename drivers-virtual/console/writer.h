/* SPDX-License-Identifier: MIT */
#pragma once

/* Those who write: a line of messages whose bytes go to the output one after the other. A message
 * is answered when its last byte is in the buffer, so a full console makes its writers wait. Long
 * ones stay in the kernel, at their sender's expense, until it is their turn. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output.h"

struct writer {
    uint64_t id;   /* of the message */
    uint64_t size; /* of its body */
    bool is_call;
    bool is_flush;       /* writes nothing, waits until the line is idle */
    bool is_complaint;   /* waits too, and then goes where complaints go */
    unsigned char *body; /* NULL: not yet read */
};

struct writers {
    struct writer *line;
    size_t first, count, room; /* line[first … first + count) waits */
    size_t done;               /* bytes of the first one's body that are written */
    bool has_error_port;       /* else complaints are written like all else */
};

/* Puts a message at the end of the line; `body` becomes the line's, or NULL if it is to be read
 * later. False: no memory; the message and the body are untouched. */
bool writers_add(struct writers *writers, const struct writer *writer);

/* Writes what fits. True if anything was written or answered. */
bool writers_advance(struct writers *writers, struct output *output);

/* True if the first one waits for the line to become idle; then writers_idle has it go on. */
bool writers_await_idle(const struct writers *writers);
void writers_idle(struct writers *writers);
