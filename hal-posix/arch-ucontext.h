/* SPDX-License-Identifier: MIT */
#pragma once

/* What gate-ucontext.c and arch-ucontext.c share: places in a saved context, and what is kept
 * beside it. */

#include <ucontext.h>

#include "machine.h"
#include "state.h"

#define WORD_IP     0
#define WORD_SP     1
#define WORD_FIRST  2 /* the two words for the thread's function */
#define WORD_SECOND 3
#define WORD_BEGUN  4
#define WORD_STATE  5

/* In place of an area for extended registers. */
struct saved_state {
    ucontext_t user;
    uint8_t begin_stack[8192]; /* for the thread's first steps */
};

/* Why gate_run goes on after user code. */
struct arrival {
    bool is_call;
    uint64_t number, words[6];
};

static inline struct saved_state *state_of(const struct hal_context *context)
{
    return (struct saved_state *)(uintptr_t)context->machine[WORD_STATE];
}

/* From a signal handler: user code is given up, the kernel goes on. */
void gate_abandon(void) __attribute__((noreturn));
