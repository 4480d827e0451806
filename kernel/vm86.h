/* SPDX-License-Identifier: MIT */
#pragma once

/* Real-mode code on behalf of a driver's thread (tr_vm86_enter, interface.md 10). */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

#include "hal.h"

struct process;
struct thread;

/* A thread in VM86: in thread->work.pointer while its step runs it. */
struct vm86 {
    struct tr_vm86 user; /* as it will be given back */
    struct hal_vm86 run;
    uint64_t to;   /* where the caller's structure lies */
    uint64_t left; /* instructions */
    bool is_dropped;
};

/* The thread executes real-mode code now, or waits for its turn to go on with it. */
bool vm86_has(const struct thread *thread);

/* The process is no driver any more: its threads come back with TR_VM86_DROPPED. */
void vm86_drop_all(struct process *process);
