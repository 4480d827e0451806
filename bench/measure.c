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

void measure_add(struct measure *measure, double nanoseconds, uint64_t operations)
{
    if (measure->count < MEASURE_SAMPLES) {
        measure->samples[measure->count] = nanoseconds / (double)operations;
        measure->count++;
        measure->operations += operations;
    }
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

double measure_quantile(struct measure *measure, double quantile)
{
    qsort(measure->samples, (size_t)measure->count, sizeof measure->samples[0], compare);
    return measure->samples[(int)(quantile * (measure->count - 1) + 0.5)];
}

void measure_print(struct measure *measure, double host_median)
{
    double median = measure_quantile(measure, 0.5);

    printf("%-34s %10llu %12.1f %12.1f %-5s", measure->name,
           (unsigned long long)measure->operations, median, measure_quantile(measure, 0.99),
           measure->unit);
    if (host_median > 0) {
        printf(" 1/%-7.1f of %s", host_median / median, measure->host);
    }
    if (host_median > 0 && measure->goal > 0) {
        printf(" (goal 1/%.0f)", 1 / measure->goal);
    }
    putchar('\n');
    fflush(stdout);
}

void measure_json(FILE *file, struct measure *measure, double host_median, int is_first)
{
    double median = measure_quantile(measure, 0.5);

    fprintf(file, "%s\n  {\"name\": \"%s\", \"n\": %llu, \"unit\": \"%s\", \"median\": %.2f, ",
            is_first ? "" : ",", measure->name, (unsigned long long)measure->operations,
            measure->unit, median);
    fprintf(file, "\"p99\": %.2f", measure_quantile(measure, 0.99));
    if (host_median > 0) {
        fprintf(file, ", \"host\": \"%s\", \"host_median\": %.2f, \"ratio\": %.5f", measure->host,
                host_median, median / host_median);
    }
    if (measure->goal > 0) {
        fprintf(file, ", \"goal\": %.5f", measure->goal);
    }
    fputc('}', file);
}
