/* SPDX-License-Identifier: MIT */
#pragma once

/* Samples, their median and 99th percentile. A sample is what one operation of a batch took, in
 * nanoseconds of the host's monotonic clock or in bytes. */

#include <stdint.h>

#define MEASURE_SAMPLES 101

struct measure {
    double samples[MEASURE_SAMPLES];
    int count;
};

double measure_now(void);
void measure_add(struct measure *measure, double sample);

/* 0.5: the median. Sorts the samples. 0 if there are none. */
double measure_quantile(struct measure *measure, double quantile);
