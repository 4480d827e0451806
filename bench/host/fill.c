/* SPDX-License-Identifier: MIT */
/* The host's memset, over and over the same bytes. */

#include <stdlib.h>
#include <string.h>

#include "measure.h"
#include "unit.h"

#define FILLS 20

struct fill {
    size_t size;
    char *to;
};

static void *open_fill(uint64_t size)
{
    struct fill *fill = malloc(sizeof *fill);

    bench_must(fill != NULL, "malloc");
    *fill = (struct fill){size, malloc(size)};
    bench_must(fill->to != NULL, "malloc");
    memset(fill->to, 1, size);
    return fill;
}

static double batch(void *state)
{
    const struct fill *fill = state;

    double start = measure_now();
    for (int i = 0; i < FILLS; i++) {
        memset(fill->to, i, fill->size);
        __asm__ volatile("" ::: "memory");
    }
    return (measure_now() - start) / FILLS;
}

static void close_fill(void *state)
{
    struct fill *fill = state;

    free(fill->to);
    free(fill);
}

const struct source host_fill = {open_fill, batch, close_fill, FILLS};
