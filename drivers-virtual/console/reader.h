/* SPDX-License-Identifier: MIT */
#pragma once

/* Those who read, and who may: the holder of the session, and the program it has put in the
 * foreground with all that this has started. Others wait until they are let. Without a holder
 * everybody may. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output.h"

#define READERS_MOST 32

struct reader {
    uint64_t id;  /* of the message to answer */
    uint64_t pid; /* of its sender */
    size_t most;  /* bytes wanted */
    bool is_line;
    size_t prompt_size;
    char prompt[OUTPUT_TAIL];
};

struct readers {
    size_t count;
    uint64_t holder, foreground; /* pids, 0 none */
    struct reader line[READERS_MOST];
};

/* Puts a reader at the end of the line. False: no room. */
bool readers_add(struct readers *readers, const struct reader *reader);

/* Puts one that was taken back to the front of the line. False: no room. */
bool readers_put_back(struct readers *readers, const struct reader *reader);

/* True if this process may read now. */
bool readers_let(struct readers *readers, uint64_t pid);

/* Takes the first one that may read; those that have ended are dropped. False: there is none. */
bool readers_take(struct readers *readers, struct reader *reader);

/* The holder of the session as long as it lives, else 0. */
uint64_t readers_holder(struct readers *readers);

/* False once the process that waits for the answer has ended. */
bool reader_is_alive(const struct reader *reader);
