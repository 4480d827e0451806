/* SPDX-License-Identifier: MIT */
/* The penalty for wrong keys of pipes and shared memory (abi.md 8): the first tries of a process
 * are answered at once, each further one sleeps twice as long, so that keys cannot be guessed. A
 * right join sets process->wrong_joins to 0. */

#include "join.h"

#include <terrarium/error.h>

#include "call.h"
#include "state.h"

#define FREE_TRIES        8u
#define PENALTY_NS        UINT64_C(1000000)
#define PENALTY_MAX_NS    UINT64_C(1000000000)
#define PENALTY_DOUBLINGS 10u /* from there on it is the largest */

int64_t join_may_try(struct kernel *kernel)
{
    const struct thread *thread = kernel->cpu.current;
    bool would_sleep = thread->process->wrong_joins >= FREE_TRIES;
    return thread->is_noblock && would_sleep ? TR_E_AGAIN : 0;
}

int64_t join_refused(struct kernel *kernel)
{
    struct thread *thread = kernel->cpu.current;
    uint64_t wrong = ++thread->process->wrong_joins;
    if (wrong <= FREE_TRIES) {
        return TR_E_ACCES;
    }
    uint64_t doublings = wrong - FREE_TRIES - 1;
    uint64_t penalty = doublings < PENALTY_DOUBLINGS ? PENALTY_NS << doublings : PENALTY_MAX_NS;
    thread->on.key.result = TR_E_ACCES;
    thread_sleep_on(kernel, thread, TR_WAIT_KEY, hal_time(kernel->machine) + penalty);
    return CALL_LATER;
}
