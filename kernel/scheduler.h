/* SPDX-License-Identifier: MIT */
#pragma once

/* Which thread runs (interface.md 14): strict class priority, round robin within a class in slices.
 * The policy is behind a table of operations; the rest of the kernel calls the functions below. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

struct kernel;
struct process;
struct thread;

struct scheduler_policy {
    const char *name;
    /* Queues a thread that may run: at the head (it was preempted) or the tail of its class. */
    void (*enqueue)(struct kernel *kernel, struct thread *thread, bool at_head);
    void (*dequeue)(struct kernel *kernel, struct thread *thread);
    /* The thread to run next, still queued; NULL: none. */
    struct thread *(*first)(struct kernel *kernel);
    /* The same, taken out of its queue. */
    struct thread *(*take)(struct kernel *kernel);
    /* `running` goes to the tail of its class: the thread to run next, taken out of its queue;
     * `running` itself if nobody of its class waits. Nobody of a higher class does. */
    struct thread *(*rotate)(struct kernel *kernel, struct thread *running);
    /* Whether no queued thread would be taken before this one, if it were queued now. */
    bool (*would_be_first)(const struct kernel *kernel, const struct thread *thread);
    /* Whether `woken` may not wait for `running` to end its slice. */
    bool (*preempts)(const struct thread *woken, const struct thread *running);
};
extern const struct scheduler_policy scheduler_by_class;

/* A thread has become runnable. Preempts the running one if its class is higher. */
void scheduler_ready(struct kernel *kernel, struct thread *thread);
/* It is not runnable any more. The running one leaves the processor at the end of the entry. */
void scheduler_unready(struct kernel *kernel, struct thread *thread, enum tr_switch_cause cause);
/* The running thread goes to the tail of its class, the first there runs. */
void scheduler_yield(struct kernel *kernel, enum tr_switch_cause cause);
/* The class of a process has changed: its ready threads move, the running one may be preempted. */
void scheduler_class_changed(struct kernel *kernel, struct process *process);
/* The end of every entry: chooses if a choice is due, runs steps of long calls, sets the machine's
 * timer. NULL: idle. */
struct hal_context *scheduler_leave(struct kernel *kernel);
/* The slice of the running thread may be over. */
void scheduler_tick(struct kernel *kernel, uint64_t now);
