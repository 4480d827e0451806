/* SPDX-License-Identifier: MIT */
#pragma once

/* The rows of the table: what was measured beside what, and how they are printed. */

#include <stdio.h>

#include "measure.h"
#include "unit.h"

#define ROW_BYTES 1u  /* not a time */
#define ROW_FEW   2u  /* slow batches: fewer samples */
#define ROW_ONCE  4u  /* one sample */
#define ROW_SLOW  8u  /* not with --quick */
#define ROW_PEER  16u /* only with --peers; its argument is an enum peer_kind */

struct row {
    const char *name;
    const struct source *what;
    uint64_t argument;
    const struct source *host; /* NULL: none */
    uint64_t host_argument;
    const char *host_name;
    double goal; /* of the ratio, or of the median where there is no host; 0: none */
    unsigned flags;

    /* After row_run. */
    struct measure ours, theirs;
};

/* Measures batches of both in turn, so that what disturbs the host disturbs both alike. */
void row_run(struct row *row, int quick);

void row_print_head(void);
void row_print(struct row *row);

/* One object of the JSON list. */
void row_json(FILE *file, struct row *row);
