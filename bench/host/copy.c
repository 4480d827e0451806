/* SPDX-License-Identifier: MIT */
/* The host's memcpy, twice: as often as bytes are moved that go through shared memory. */

#include <stdlib.h>
#include <string.h>

#include "measure.h"
#include "unit.h"

#define COPIES 10

struct copy {
    size_t size;
    char *from, *middle, *to;
};

static void *open_copy(uint64_t size)
{
    struct copy *copy = malloc(sizeof *copy);

    bench_must(copy != NULL, "malloc");
    *copy = (struct copy){size, malloc(size), malloc(size), malloc(size)};
    bench_must(copy->from != NULL && copy->middle != NULL && copy->to != NULL, "malloc");
    memset(copy->from, 1, size);
    return copy;
}

static double batch(void *state)
{
    struct copy *copy = state;

    double start = measure_now();
    for (int i = 0; i < COPIES; i++) {
        memcpy(copy->middle, copy->from, copy->size);
        __asm__ volatile("" ::: "memory");
        memcpy(copy->to, copy->middle, copy->size);
        __asm__ volatile("" ::: "memory");
    }
    return (measure_now() - start) / COPIES;
}

static void close_copy(void *state)
{
    struct copy *copy = state;

    free(copy->from);
    free(copy->middle);
    free(copy->to);
    free(copy);
}

const struct source host_copy = {open_copy, batch, close_copy, COPIES};
