/* SPDX-License-Identifier: MIT */
#pragma once

/* Events (interface.md 9). Every source owns a slot per kind it can send, embedded in its own
 * record: room is there before the event can happen, so none is ever lost. A slot is in its
 * process's queue or not; raised again while queued it counts up and takes the latest values,
 * keeping its place. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

#include "list.h"

struct kernel;
struct process;
struct thread;
struct event_slot;

/* Called when the event has been handed over (delivered) or its process has ended (not delivered):
 * the source lets go of the slot and may free the record around it. The slot is in no queue. */
typedef void event_taken(struct kernel *kernel, struct process *process, struct event_slot *slot,
                         bool delivered);

struct event_slot {
    struct list link;   /* in process->events; points to itself when not queued */
    event_taken *taken; /* NULL: nothing to do */
    struct tr_event event;
};

void event_slot_init(struct event_slot *slot, event_taken *taken);
static inline bool event_is_queued(const struct event_slot *slot)
{
    return !list_is_empty(&slot->link);
}

/* Raises the event `*values` (count at least 1; time is filled in) for a process: hands it to the
 * first waiting thread or queues it. */
void event_raise(struct kernel *kernel, struct process *process, struct event_slot *slot,
                 const struct tr_event *values);
/* The same ahead of the queue (SAVE_STATE). */
void event_raise_first(struct kernel *kernel, struct process *process, struct event_slot *slot,
                       const struct tr_event *values);
/* slot->event has been filled by the caller: queue it or hand it over (messages). */
void event_queue(struct kernel *kernel, struct process *process, struct event_slot *slot);

/* The thread that would take an event of the process at once; NULL: nobody waits. */
struct thread *event_taker(const struct process *process);
/* Whether an event can be written to where it wants it: 0, TR_E_FAULT, TR_E_NOMEM. */
int64_t event_may_hand(struct kernel *kernel, const struct thread *taker);
/* After that: event_queue for it alone, whose call returns `result`. Its body is there already. */
void event_hand(struct kernel *kernel, struct thread *taker, struct event_slot *slot,
                int64_t result);

/* Takes an undelivered event out of the queue, silently. */
void event_cancel(struct event_slot *slot);

/* The process ends: what is queued goes, each source being told. */
void event_drop_all(struct kernel *kernel, struct process *process);

/* The line of waiting threads: a suspended thread leaves it and rejoins at its end. */
void event_line_leave(struct thread *thread);
void event_line_rejoin(struct kernel *kernel, struct thread *thread);

/* The running thread, whose on.event says where to and has been checked, takes what is queued or,
 * for `timeout` nanoseconds, joins the line. */
int64_t event_wait(struct kernel *kernel, uint64_t timeout);
