/* SPDX-License-Identifier: MIT */
/* The penalty for wrong keys of pipes and shared memory (interface.md 8): the first tries of a
 * process are answered at once, each further one sleeps twice as long, so that keys cannot be
 * guessed. While one thread sleeps for that no other of its process gets to try a key, and the
 * sleeper's end does not shorten the time: a process does not guess faster with more threads. */

#include "join.h"

#include <terrarium/error.h>

#include "call.h"
#include "state.h"

#define FREE_TRIES        8u
#define PENALTY_NS        UINT64_C(1000000)
#define PENALTY_MAX_NS    UINT64_C(1000000000)
#define PENALTY_DOUBLINGS 10u /* from there on it is the largest */

int64_t join_may_try(struct kernel *kernel, thread_step *again)
{
    struct thread *thread = kernel->cpu.current;
    const struct process *process = thread->process;
    thread->step = NULL;
    if (thread->is_noblock) {
        return process->wrong_joins >= FREE_TRIES ? TR_E_AGAIN : 0;
    }
    if (process->penalty_end <= hal_time(kernel->machine)) {
        return 0;
    }
    thread->step = again;
    thread->step_abort = NULL;
    thread_sleep_on(kernel, thread, TR_WAIT_KEY, process->penalty_end);
    return CALL_LATER;
}

int64_t join_refused(struct kernel *kernel)
{
    struct thread *thread = kernel->cpu.current;
    struct process *process = thread->process;
    process->wrong_joins++;
    if (process->wrong_joins <= FREE_TRIES) {
        return TR_E_ACCES;
    }
    uint64_t doublings = process->wrong_joins - FREE_TRIES - 1;
    uint64_t penalty = doublings < PENALTY_DOUBLINGS ? PENALTY_NS << doublings : PENALTY_MAX_NS;
    process->penalty_end = hal_time(kernel->machine) + penalty;
    thread->on.key.result = TR_E_ACCES;
    thread_sleep_on(kernel, thread, TR_WAIT_KEY, process->penalty_end);
    return CALL_LATER;
}

void join_succeeded(struct process *process)
{
    process->wrong_joins = 0;
    process->penalty_end = 0;
}
