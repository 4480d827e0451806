/* SPDX-License-Identifier: MIT */
#pragma once

/* Samples, their median and 99th percentile, the table on standard output and the JSON file. Times
 * are nanoseconds per operation of the host's monotonic clock. */

#include <stdint.h>
#include <stdio.h>

#define MEASURE_SAMPLES 201

struct measure {
    const char *name;
    const char *unit;    /* "ns" or "bytes" */
    const char *host;    /* the host's primitive that it is compared with; NULL: none */
    double goal;         /* the ratio that the project wants, at most; 0: none */
    uint64_t operations; /* in all samples together */
    double samples[MEASURE_SAMPLES];
    int count;
};

double measure_now(void);

/* Adds the time per operation of one batch. */
void measure_add(struct measure *measure, double nanoseconds, uint64_t operations);

/* 0.5: the median. Sorts the samples. */
double measure_quantile(struct measure *measure, double quantile);

/* One line of the table; host_median 0: no ratio. */
void measure_print(struct measure *measure, double host_median);

/* One object of the JSON list. */
void measure_json(FILE *file, struct measure *measure, double host_median, int is_first);
