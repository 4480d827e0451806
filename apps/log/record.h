/* SPDX-License-Identifier: MIT */
#pragma once

/* The records that the log keeps: the latest ones, numbered from 1, each a line of text. */

#include <stddef.h>
#include <stdint.h>
#include <terrarium/types.h>

#define RECORDS_KEPT 512

struct record {
    uint64_t number, time; /* time in nanoseconds since boot */
    uint32_t tag;          /* enum tr_log_tag */
    uint32_t size;
    char *text; /* not terminated */
};

/* Keeps a copy of a record's text; the oldest record goes. Without memory for the copy it is not
 * kept, and what is returned is good as long as `text`. */
const struct record *record_keep(const struct tr_event *event, const char *text, size_t size);

/* The number of the oldest record kept, and of the next to come. */
uint64_t record_first(void);
uint64_t record_next(void);

/* A kept record. */
const struct record *record_get(uint64_t number);

/* The record as a line, "[   0.001234] fault: …\n", cut to `size` bytes. Returns its length. */
size_t record_print(const struct record *record, char *line, size_t size);
