/* SPDX-License-Identifier: MIT */
/* The event queue of a process and the line of threads that wait for it.
 *
 * Invariant: the queue is empty or the line is (a thread waits only while there is nothing to
 * take); suspended threads are in no line. */

#include "event.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "message.h"
#include "state.h"
#include "string.h"

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

/* Writes one event, and for reply_wait the body that fits, to where the program wants it. Negative
 * if that memory is gone: then the event stays. Else what the call returns for one event. */
static int64_t hand_over(struct kernel *kernel, struct process *process,
                         const struct wait_event *wait, struct event_slot *slot, uint64_t index)
{
    uint64_t to = wait->to + index * sizeof(struct tr_event);
    int64_t result = copy_check(kernel, process, to, sizeof(struct tr_event), TR_WRITE);
    int64_t body = 0;
    if (result == 0 && wait->wants_body && slot->event.kind == TR_EVENT_MESSAGE) {
        body = message_deliver_body(kernel, process, slot, wait->body, wait->body_size);
        result = body < 0 ? body : 0;
    }
    if (result == 0) {
        result = copy_out(kernel, process, to, &slot->event, sizeof(struct tr_event));
    }
    if (result < 0) {
        return result;
    }
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

int64_t event_wait(struct kernel *kernel, const struct wait_event *wait, uint64_t timeout)
{
    struct thread *thread = kernel->cpu.current;
    struct process *process = thread->process;
    if (!list_is_empty(&process->events)) {
        return take_queued(kernel, process, wait);
    }
    if (timeout == 0) {
        return TR_E_TIMEDOUT;
    }
    if (thread->is_noblock) {
        return TR_E_AGAIN;
    }
    thread->on.event = *wait;
    list_append(&process->waiters, &thread->queue);
    thread_sleep_on(kernel, thread, TR_WAIT_EVENT, alarm_after(kernel, timeout));
    return CALL_LATER;
}

int64_t call_event_poll(struct kernel *kernel, uint64_t event)
{
    struct process *process = kernel_caller(kernel);
    int64_t result = copy_check(kernel, process, event, sizeof(struct tr_event), TR_WRITE);
    if (result < 0 || list_is_empty(&process->events)) {
        return result;
    }
    const struct wait_event wait = {.to = event, .most = 1};
    return take_queued(kernel, process, &wait);
}

int64_t call_event_wait(struct kernel *kernel, uint64_t event, uint64_t timeout)
{
    int64_t result =
        copy_check(kernel, kernel_caller(kernel), event, sizeof(struct tr_event), TR_WRITE);
    if (result < 0) {
        return result;
    }
    const struct wait_event wait = {.to = event, .most = 1};
    return event_wait(kernel, &wait, timeout);
}

int64_t call_event_take(struct kernel *kernel, uint64_t events, uint64_t n, uint64_t timeout)
{
    if (n == 0) {
        return TR_E_INVAL;
    }
    if (n > UINT64_MAX / sizeof(struct tr_event)) {
        return TR_E_FAULT;
    }
    int64_t result =
        copy_check(kernel, kernel_caller(kernel), events, n * sizeof(struct tr_event), TR_WRITE);
    if (result < 0) {
        return result;
    }
    const struct wait_event wait = {.to = events, .most = n};
    return event_wait(kernel, &wait, timeout);
}
