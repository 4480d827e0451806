/* SPDX-License-Identifier: MIT */
/* The C library's switch between two contexts. */

#include <stddef.h>
#include <ucontext.h>

#include "measure.h"
#include "unit.h"

#define SWITCHES 2000

static ucontext_t main_context, other_context;

static void other(void)
{
    for (;;) {
        swapcontext(&other_context, &main_context);
    }
}

static void *open_contexts(uint64_t unused)
{
    static char stack[65536];

    (void)unused;
    getcontext(&other_context);
    other_context.uc_stack.ss_sp = stack;
    other_context.uc_stack.ss_size = sizeof stack;
    makecontext(&other_context, other, 0);
    return NULL;
}

static double batch(void *unused)
{
    (void)unused;
    double start = measure_now();
    for (int i = 0; i < SWITCHES / 2; i++) {
        swapcontext(&main_context, &other_context);
    }
    return (measure_now() - start) / SWITCHES;
}

static void close_contexts(void *unused)
{
    (void)unused;
}

const struct source host_swapcontext = {open_contexts, batch, close_contexts, SWITCHES};
