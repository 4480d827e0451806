/* SPDX-License-Identifier: MIT */
/* The host's interrupt of a process: a signal to itself, its handler, and back. */

#include <signal.h>
#include <stddef.h>

#include "measure.h"
#include "unit.h"

#define SIGNALS 500

static volatile sig_atomic_t seen;

static void handler(int number)
{
    (void)number;
    seen = seen + 1;
}

static void *open_signal(uint64_t unused)
{
    static struct sigaction before;
    const struct sigaction action = {.sa_handler = handler};

    (void)unused;
    bench_must(sigaction(SIGUSR1, &action, &before) == 0, "sigaction");
    return &before;
}

static double batch(void *unused)
{
    (void)unused;
    double start = measure_now();
    for (int i = 0; i < SIGNALS; i++) {
        bench_must(raise(SIGUSR1) == 0, "raise");
    }
    return (measure_now() - start) / SIGNALS;
}

static void close_signal(void *before)
{
    (void)sigaction(SIGUSR1, before, NULL);
}

const struct source host_signal = {open_signal, batch, close_signal, SIGNALS};
