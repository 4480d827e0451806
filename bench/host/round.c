/* SPDX-License-Identifier: MIT */
/* There and back between two processes of the host on one core, by each of its means. */

#include "host/pair.h"
#include "measure.h"
#include "unit.h"

#define ROUNDS 50

static void echo(struct pair *pair)
{
    while (pair_read(pair, pair->there[0]) && pair_write(pair, pair->back[1])) {
    }
}

static void echo_word(struct pair *pair)
{
    for (;;) {
        pair_futex_wait(pair, 0);
        pair_futex_set(pair, 0);
    }
}

static double batch(void *state)
{
    struct pair *pair = state;

    double start = measure_now();
    for (int i = 0; i < ROUNDS; i++) {
        bench_must(pair_write(pair, pair->there[1]) && pair_read(pair, pair->back[0]), "echo");
    }
    return (measure_now() - start) / ROUNDS;
}

static double batch_word(void *state)
{
    struct pair *pair = state;

    double start = measure_now();
    for (int i = 0; i < ROUNDS; i++) {
        pair_futex_set(pair, 1);
        pair_futex_wait(pair, 1);
    }
    return (measure_now() - start) / ROUNDS;
}

static void *open_pipe(uint64_t size)
{
    return pair_open(PAIR_PIPE, size, echo);
}

static void *open_socket(uint64_t size)
{
    return pair_open(PAIR_SOCKET, size, echo);
}

static void *open_queue(uint64_t size)
{
    return pair_open(PAIR_QUEUE, size, echo);
}

static void *open_futex(uint64_t size)
{
    return pair_open(PAIR_FUTEX, size, echo_word);
}

static void close_round(void *state)
{
    pair_close(state);
}

const struct source host_pipe_round = {open_pipe, batch, close_round, ROUNDS};
const struct source host_socket_round = {open_socket, batch, close_round, ROUNDS};
const struct source host_queue_round = {open_queue, batch, close_round, ROUNDS};
const struct source host_futex_round = {open_futex, batch_word, close_round, ROUNDS};
