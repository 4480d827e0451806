/* SPDX-License-Identifier: MIT */
/* The event queue of a process and the line of threads that wait for it.
 *
 * Invariant: the queue is empty or the line is (a thread waits only while there is nothing to
 * take); suspended threads are in no line. */

#include "event.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy_view.h"
#include "message.h"

void event_slot_init(struct event_slot *slot, event_taken *taken)
{
    list_init(&slot->link);
    slot->taken = taken;
    memset(&slot->event, 0, sizeof(slot->event));
}

/* The slot's event has reached the program. */
static void slot_delivered(struct kernel *kernel, struct process *process, struct event_slot *slot)
{
    list_remove(&slot->link);
    if (slot->taken != NULL) {
        slot->taken(kernel, process, slot, true);
    }
}

/* Whether the event at this index of the wait's room can be written. */
static int64_t room_check(struct kernel *kernel, struct process *process,
                          const struct wait_event *wait, uint64_t index)
{
    if (copy_target_view(process, &wait->to) != NULL) {
        return 0;
    }
    return copy_check(kernel, process, wait->to.va + index * sizeof(struct tr_event),
                      sizeof(struct tr_event), TR_WRITE);
}

/* After room_check: cannot fail. */
static void room_fill(struct kernel *kernel, struct process *process, const struct wait_event *wait,
                      uint64_t index, const struct tr_event *event)
{
    uint64_t offset = index * sizeof(struct tr_event);
    uint8_t *view = copy_target_view(process, &wait->to);
    if (view != NULL) {
        copy_view_move(kernel, view + offset, wait->to.va + offset, event, (uintptr_t)event,
                       sizeof(*event));
    } else {
        (void)copy_out(kernel, process, wait->to.va + offset, event, sizeof(*event));
    }
}

/* Writes one event, and for reply_wait the body that fits, to where the program wants it. Negative
 * if that memory is gone: then the event stays. Else what the call returns for one event. */
static int64_t hand_over(struct kernel *kernel, struct process *process,
                         const struct wait_event *wait, struct event_slot *slot, uint64_t index)
{
    int64_t result = room_check(kernel, process, wait, index);
    int64_t body = 0;
    if (result == 0 && wait->wants_body && slot->event.kind == TR_EVENT_MESSAGE) {
        body = message_deliver_body(kernel, process, slot, &wait->body);
        result = body < 0 ? body : 0;
    }
    if (result < 0) {
        return result;
    }
    room_fill(kernel, process, wait, index, &slot->event);
    slot_delivered(kernel, process, slot);
    return body;
}

/* Takes up to wait->most events from the queue. There is at least one. */
static int64_t take_queued(struct kernel *kernel, struct process *process,
                           const struct wait_event *wait)
{
    uint64_t taken = 0;
    int64_t result = 0;
    while (taken < wait->most && !list_is_empty(&process->events)) {
        struct event_slot *slot = CONTAINER(process->events.next, struct event_slot, link);
        result = hand_over(kernel, process, wait, slot, taken);
        if (result < 0) {
            break;
        }
        taken++;
    }
    if (taken == 0) {
        return result;
    }
    return wait->wants_body ? result : (int64_t)taken;
}

/* Threads of the line take what is queued, first come first. */
static void serve_line(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->events) && !list_is_empty(&process->waiters)) {
        struct thread *thread = CONTAINER(process->waiters.next, struct thread, queue);
        list_remove(&thread->queue);
        thread_wake(kernel, thread, take_queued(kernel, process, &thread->on.event));
    }
}

void event_queue(struct kernel *kernel, struct process *process, struct event_slot *slot)
{
    slot->event.time = hal_time(kernel->machine);
    trace(kernel, TR_TRACE_EVENT, process->object.id, slot->event.kind, slot->event.object, 0);
    list_append(&process->events, &slot->link);
    serve_line(kernel, process);
}

struct thread *event_taker(const struct process *process)
{
    return list_is_empty(&process->waiters)
               ? NULL
               : CONTAINER(process->waiters.next, struct thread, queue);
}

int64_t event_may_hand(struct kernel *kernel, const struct thread *taker)
{
    return room_check(kernel, taker->process, &taker->on.event, 0);
}

void event_hand(struct kernel *kernel, struct thread *taker, struct event_slot *slot,
                int64_t result)
{
    struct process *process = taker->process;
    slot->event.time = hal_time(kernel->machine);
    trace(kernel, TR_TRACE_EVENT, process->object.id, slot->event.kind, slot->event.object, 0);
    room_fill(kernel, process, &taker->on.event, 0, &slot->event);
    list_remove(&taker->queue);
    if (slot->taken != NULL) {
        slot->taken(kernel, process, slot, true);
    }
    thread_wake(kernel, taker, result);
}

static void raise(struct kernel *kernel, struct process *process, struct event_slot *slot,
                  const struct tr_event *values, bool ahead)
{
    uint32_t count = values->count == 0 ? 1 : values->count;
    uint32_t before = event_is_queued(slot) ? slot->event.count : 0;
    slot->event = *values;
    slot->event.count = before + count;
    slot->event.time = hal_time(kernel->machine);
    trace(kernel, TR_TRACE_EVENT, process->object.id, values->kind, values->object, 0);
    if (event_is_queued(slot)) {
        return;
    }
    if (ahead) {
        list_prepend(&process->events, &slot->link);
    } else {
        list_append(&process->events, &slot->link);
    }
    serve_line(kernel, process);
}

void event_raise(struct kernel *kernel, struct process *process, struct event_slot *slot,
                 const struct tr_event *values)
{
    raise(kernel, process, slot, values, false);
}

void event_raise_first(struct kernel *kernel, struct process *process, struct event_slot *slot,
                       const struct tr_event *values)
{
    raise(kernel, process, slot, values, true);
}

void event_cancel(struct event_slot *slot)
{
    list_remove(&slot->link);
}

void event_drop_all(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->events)) {
        struct event_slot *slot = CONTAINER(process->events.next, struct event_slot, link);
        list_remove(&slot->link);
        if (slot->taken != NULL) {
            slot->taken(kernel, process, slot, false);
        }
    }
}

void event_line_leave(struct thread *thread)
{
    list_remove(&thread->queue);
}

void event_line_rejoin(struct kernel *kernel, struct thread *thread)
{
    list_append(&thread->process->waiters, &thread->queue);
    serve_line(kernel, thread->process);
}

int64_t event_wait(struct kernel *kernel, uint64_t timeout)
{
    struct thread *thread = kernel->cpu.current;
    struct process *process = thread->process;
    if (!list_is_empty(&process->events)) {
        return take_queued(kernel, process, &thread->on.event);
    }
    if (timeout == 0) {
        return TR_E_TIMEDOUT;
    }
    if (thread->is_noblock) {
        return TR_E_AGAIN;
    }
    list_append(&process->waiters, &thread->queue);
    thread_sleep_on(kernel, thread, TR_WAIT_EVENT, alarm_after(kernel, timeout));
    return CALL_LATER;
}

/* Room for `most` events, without bodies. */
static int64_t set_room(struct kernel *kernel, uint64_t events, uint64_t most)
{
    struct thread *thread = kernel->cpu.current;
    struct wait_event *wait = &thread->on.event;
    wait->most = most;
    wait->wants_body = false;
    return copy_target_set(kernel, thread->process, events, most * sizeof(struct tr_event),
                           &wait->to);
}

int64_t call_event_poll(struct kernel *kernel, uint64_t event)
{
    struct process *process = kernel_caller(kernel);
    int64_t result = set_room(kernel, event, 1);
    if (result < 0 || list_is_empty(&process->events)) {
        return result;
    }
    return take_queued(kernel, process, &kernel->cpu.current->on.event);
}

int64_t call_event_wait(struct kernel *kernel, uint64_t event, uint64_t timeout)
{
    int64_t result = set_room(kernel, event, 1);
    return result < 0 ? result : event_wait(kernel, timeout);
}

int64_t call_event_take(struct kernel *kernel, uint64_t events, uint64_t n, uint64_t timeout)
{
    if (n == 0) {
        return TR_E_INVAL;
    }
    if (n > UINT64_MAX / sizeof(struct tr_event)) {
        return TR_E_FAULT;
    }
    int64_t result = set_room(kernel, events, n);
    return result < 0 ? result : event_wait(kernel, timeout);
}
