/* SPDX-License-Identifier: MIT */
/* The host's cheapest call. */

#include <sys/syscall.h>
#include <unistd.h>

#include "measure.h"
#include "unit.h"

#define CALLS 5000

static void *open_nothing(uint64_t unused)
{
    (void)unused;
    return NULL;
}

static double batch(void *unused)
{
    (void)unused;
    double start = measure_now();
    for (int i = 0; i < CALLS; i++) {
        (void)syscall(SYS_getppid);
    }
    return (measure_now() - start) / CALLS;
}

static void close_nothing(void *unused)
{
    (void)unused;
}

const struct source host_getppid = {open_nothing, batch, close_nothing, CALLS};
