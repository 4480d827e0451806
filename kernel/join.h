/* SPDX-License-Identifier: MIT */
#pragma once

/* Joins of pipes and shared memory by key: what a wrong one costs (interface.md 8, Keys). */

#include <stdint.h>

#include "thread.h"

struct process;

/* A wrong join: gives TR_E_ACCES, at once or after the penalty (CALL_LATER). */
int64_t join_refused(struct kernel *kernel);
/* The key was right. */
void join_succeeded(struct process *process);

/* Whether the running thread may try a key now: 0. TR_E_AGAIN: it is non-blocking and would have to
 * sleep if the key were wrong. CALL_LATER: the penalty of another thread of its process is not
 * over; it sleeps, then `again` goes on with the words in thread->work. Ends the thread's step
 * otherwise.
 */
int64_t join_may_try(struct kernel *kernel, thread_step *again);
