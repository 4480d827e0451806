/* SPDX-License-Identifier: MIT */
/* The time queue and the timers of processes.
 *
 * Invariants:
 * 1. kernel->alarm_first is the leftmost node of kernel->alarms.
 * 2. An armed alarm is in the tree, but for one that never rings (TR_FOREVER): it is in none.
 * 3. A timer source is armed or its event is queued, never both, never neither. */

#include "timer.h"

#include <terrarium/error.h>

#include "call.h"
#include "state.h"

void alarm_init(struct alarm *alarm, alarm_ring *ring)
{
    *alarm = (struct alarm){.ring = ring};
}

void alarm_arm(struct kernel *kernel, struct alarm *alarm, uint64_t at)
{
    alarm_disarm(kernel, alarm);
    alarm->armed = true;
    alarm->node.key = at;
    if (at == TR_FOREVER) {
        return;
    }
    bool is_first = kernel->alarm_first == NULL || at < kernel->alarm_first->key;
    tree_insert(&kernel->alarms, &alarm->node, at);
    if (is_first) {
        kernel->alarm_first = &alarm->node;
        kernel->cpu.due |= DUE_TIMER;
    }
}

void alarm_disarm(struct kernel *kernel, struct alarm *alarm)
{
    if (!alarm->armed) {
        return;
    }
    alarm->armed = false;
    if (alarm->node.key == TR_FOREVER) {
        return;
    }
    if (kernel->alarm_first == &alarm->node) {
        kernel->alarm_first = tree_next(&alarm->node);
    }
    tree_remove(&kernel->alarms, &alarm->node);
}

void alarm_ring_due(struct kernel *kernel, uint64_t now)
{
    while (kernel->alarm_first != NULL && kernel->alarm_first->key <= now) {
        struct alarm *alarm = CONTAINER(kernel->alarm_first, struct alarm, node);
        alarm_disarm(kernel, alarm);
        alarm->ring(kernel, alarm);
    }
}

uint64_t alarm_after(const struct kernel *kernel, uint64_t timeout)
{
    if (timeout == TR_FOREVER) {
        return TR_FOREVER;
    }
    uint64_t now = hal_time(kernel->machine);
    return timeout > TR_FOREVER - now ? TR_FOREVER : now + timeout;
}

static void source_end(struct kernel *kernel, struct timer_source *source)
{
    struct process *process = source->process;
    alarm_disarm(kernel, &source->alarm);
    event_cancel(&source->slot);
    tree_remove(&process->timers, &source->node);
    pool_give(kernel, &kernel->pools.timer, process->account, source);
}

static void source_taken(struct kernel *kernel, struct process *process, struct event_slot *slot,
                         bool delivered)
{
    (void)process;
    (void)delivered;
    source_end(kernel, CONTAINER(slot, struct timer_source, slot));
}

/* The source may be gone when this returns: a waiting thread takes the event at once. */
static void source_ring(struct kernel *kernel, struct alarm *alarm)
{
    struct timer_source *source = CONTAINER(alarm, struct timer_source, alarm);
    const struct tr_event event = {
        .kind = TR_EVENT_TIMER,
        .object = source->node.key,
        .count = 1,
        .cookie = source->node.key,
    };
    event_raise(kernel, source->process, &source->slot, &event);
}

static struct timer_source *source_find(const struct process *process, uint64_t cookie)
{
    struct tree_node *node = tree_find(&process->timers, cookie);
    return node == NULL ? NULL : CONTAINER(node, struct timer_source, node);
}

static int64_t source_make(struct kernel *kernel, struct process *process, uint64_t cookie,
                           struct timer_source **made)
{
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.timer, process->account, &record);
    if (result < 0) {
        return result;
    }
    struct timer_source *source = record;
    source->process = process;
    alarm_init(&source->alarm, source_ring);
    event_slot_init(&source->slot, source_taken);
    tree_insert(&process->timers, &source->node, cookie);
    *made = source;
    return 0;
}

void timer_end_all(struct kernel *kernel, struct process *process)
{
    struct tree_node *node;
    while ((node = tree_first(&process->timers)) != NULL) {
        source_end(kernel, CONTAINER(node, struct timer_source, node));
    }
}

int64_t call_clock(struct kernel *kernel)
{
    return (int64_t)hal_time(kernel->machine);
}

int64_t call_timer_set(struct kernel *kernel, uint64_t at, uint64_t cookie)
{
    struct process *process = kernel_caller(kernel);
    struct timer_source *source = source_find(process, cookie);
    if (source == NULL) {
        int64_t result = source_make(kernel, process, cookie, &source);
        if (result < 0) {
            return result;
        }
    }
    event_cancel(&source->slot);
    alarm_disarm(kernel, &source->alarm);
    if (at <= hal_time(kernel->machine)) {
        source_ring(kernel, &source->alarm);
    } else {
        alarm_arm(kernel, &source->alarm, at);
    }
    return 0;
}

int64_t call_timer_cancel(struct kernel *kernel, uint64_t cookie)
{
    struct timer_source *source = source_find(kernel_caller(kernel), cookie);
    if (source == NULL) {
        return TR_E_NOENT;
    }
    source_end(kernel, source);
    return 0;
}
