/* SPDX-License-Identifier: MIT */
#pragma once

/* Those who read, and who may: the holder of the session, and the program it has put in the
 * foreground with all that this has started. Others wait until they are let. Without a holder
 * everybody may.
 *
 * A holder may lend the session to the program that it has put in the foreground, and has it back
 * when that ends, or when it puts another in the foreground (services.md 5.6). So holders stand
 * above each other: each one but the first is in the foreground of the one below. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output.h"

#define READERS_MOST 32
#define HOLDERS_MOST 16

struct reader {
    uint64_t id;  /* of the message to answer */
    uint64_t pid; /* of its sender */
    size_t most;  /* bytes wanted */
    bool is_line;
    size_t prompt_size;
    char prompt[OUTPUT_TAIL];
};

struct holder {
    uint64_t pid, foreground; /* 0: nobody */
    bool is_lending;          /* to the foreground, if that asks */
};

struct readers {
    size_t count, depth; /* of readers, of holders */
    struct holder holders[HOLDERS_MOST];
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

/* Who holds the session now: the uppermost holder; 0: nobody. */
uint64_t readers_holder(struct readers *readers);

/* A process wants to hold the session. Returns how many holders are below it, or TR_E_BUSY if it is
 * not whom it is lent to, TR_E_LIMIT if there are too many. */
int64_t readers_session(struct readers *readers, uint64_t pid);

/* A holder puts a process in the foreground, 0 nobody, which may borrow the session if
 * `is_lending`. False: it is no holder. */
bool readers_foreground(struct readers *readers, uint64_t pid, uint64_t foreground,
                        bool is_lending);

/* False once the process that waits for the answer has ended. */
bool reader_is_alive(const struct reader *reader);
