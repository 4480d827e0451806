/* SPDX-License-Identifier: MIT */
/* Statistics of the benches. */

#include "measure.h"

#include <stdlib.h>
#include <time.h>

double measure_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

void measure_add(struct measure *measure, double sample)
{
    if (measure->count < MEASURE_SAMPLES) {
        measure->samples[measure->count] = sample;
        measure->count++;
    }
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

double measure_quantile(struct measure *measure, double quantile)
{
    if (measure->count == 0) {
        return 0;
    }
    qsort(measure->samples, (size_t)measure->count, sizeof measure->samples[0], compare);
    return measure->samples[(int)(quantile * (measure->count - 1) + 0.5)];
}
