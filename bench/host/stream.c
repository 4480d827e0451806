/* SPDX-License-Identifier: MIT */
/* One process of the host writes to a pipe, another reads from it, both in pieces of one size. */

#include "host/pair.h"
#include "measure.h"
#include "unit.h"

#define WRITES 1000

static void sink(struct pair *pair)
{
    while (pair_read(pair, pair->there[0])) {
    }
}

static void *open_stream(uint64_t size)
{
    return pair_open(PAIR_PIPE, size, sink);
}

static double batch(void *state)
{
    struct pair *pair = state;

    double start = measure_now();
    for (int i = 0; i < WRITES; i++) {
        bench_must(pair_write(pair, pair->there[1]), "write");
    }
    return (measure_now() - start) / WRITES;
}

static void close_stream(void *state)
{
    pair_close(state);
}

const struct source host_pipe_stream = {open_stream, batch, close_stream, WRITES};
