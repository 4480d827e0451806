/* SPDX-License-Identifier: MIT */
/* The host starts a tiny static program and waits for its end. */

#include <spawn.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"
#include "unit.h"

#define SPAWNS 5

static void *open_nothing(uint64_t unused)
{
    (void)unused;
    return NULL;
}

static double batch(void *unused)
{
    char *const arguments[] = {BENCH_TINY, NULL};

    (void)unused;
    double start = measure_now();
    for (int i = 0; i < SPAWNS; i++) {
        pid_t pid;
        int failed = posix_spawn(&pid, arguments[0], NULL, NULL, arguments, environ);
        if (failed != 0) {
            bench_fail("posix_spawn", failed);
        }
        (void)waitpid(pid, NULL, 0);
    }
    return (measure_now() - start) / SPAWNS;
}

static void close_nothing(void *unused)
{
    (void)unused;
}

const struct source host_spawn = {open_nothing, batch, close_nothing, SPAWNS};
