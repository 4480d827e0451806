/* SPDX-License-Identifier: MIT */
/* The queue of things to happen (a binary heap) and the two clocks. The longest look ahead of the
 * virtual clock is a second, so that the arithmetic on the budget never comes near its ends. */

#include "machine.h"

#include <stdlib.h>

#define LOOK_AHEAD   UINT64_C(1000000000)
#define LIVE_POLL_NS UINT64_C(5000000)

static bool is_before(const struct timed *a, const struct timed *b)
{
    return a->time < b->time || (a->time == b->time && a->order < b->order);
}

static void heap_put(struct timeline *timeline, size_t index, struct timed *timed)
{
    timeline->heap[index] = timed;
    timed->place = index + 1;
}

static void heap_up(struct timeline *timeline, size_t index)
{
    struct timed *timed = timeline->heap[index];
    while (index > 0 && is_before(timed, timeline->heap[(index - 1) / 2])) {
        heap_put(timeline, index, timeline->heap[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    heap_put(timeline, index, timed);
}

static void heap_down(struct timeline *timeline, size_t index)
{
    struct timed *timed = timeline->heap[index];
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= timeline->count) {
            break;
        }
        if (child + 1 < timeline->count &&
            is_before(timeline->heap[child + 1], timeline->heap[child])) {
            child++;
        }
        if (!is_before(timeline->heap[child], timed)) {
            break;
        }
        heap_put(timeline, index, timeline->heap[child]);
        index = child;
    }
    heap_put(timeline, index, timed);
}

static void heap_remove(struct timeline *timeline, struct timed *timed)
{
    size_t index = timed->place - 1;
    struct timed *last = timeline->heap[--timeline->count];
    timed->place = 0;
    if (last != timed) {
        heap_put(timeline, index, last);
        heap_up(timeline, index);
        heap_down(timeline, last->place - 1);
    }
}

void timeline_destroy(struct timeline *timeline)
{
    free(timeline->heap);
}

void timeline_set(struct machine *machine, struct timed *timed, uint64_t time)
{
    struct timeline *timeline = &machine->timeline;
    timeline_cancel(machine, timed);
    if (timeline->count == timeline->room) {
        size_t room = timeline->room == 0 ? 16 : 2 * timeline->room;
        struct timed **heap = realloc(timeline->heap, room * sizeof *heap);
        if (heap == NULL) {
            host_fatal("no memory for the event queue");
        }
        timeline->heap = heap;
        timeline->room = room;
    }
    timed->time = time;
    timed->order = timeline->order++;
    heap_put(timeline, timeline->count++, timed);
    heap_up(timeline, timeline->count - 1);
    if (time < timeline->horizon) {
        timeline_rearm(machine);
    }
}

void timeline_cancel(struct machine *machine, struct timed *timed)
{
    if (timed->place != 0) {
        heap_remove(&machine->timeline, timed);
    }
}

uint64_t timeline_next(const struct machine *machine)
{
    const struct timeline *timeline = &machine->timeline;
    uint64_t next = machine->deadline;
    if (timeline->count > 0 && timeline->heap[0]->time < next) {
        next = timeline->heap[0]->time;
    }
    uint64_t stop_at = machine->config.stop_at;
    return stop_at != 0 && stop_at < next ? stop_at : next;
}

bool timeline_fire_due(struct machine *machine)
{
    struct timeline *timeline = &machine->timeline;
    bool any = false;
    while (timeline->count > 0 && timeline->heap[0]->time <= timeline_now(machine)) {
        struct timed *timed = timeline->heap[0];
        heap_remove(timeline, timed);
        timed->fire(machine, timed);
        any = true;
    }
    return any;
}

uint64_t timeline_host_now(struct machine *machine)
{
    if (!machine->host_now_valid) {
        uint64_t now = host_clock_ns() - machine->host_epoch_ns;
        machine->host_now = now > machine->host_now ? now : machine->host_now;
        machine->host_now_valid = true;
    }
    return machine->host_now;
}

void timeline_jump(struct machine *machine, uint64_t time)
{
    uint64_t now = timeline_now(machine);
    if (machine->config.clock == POSIX_CLOCK_VIRTUAL && time > now) {
        machine->timeline.horizon = time;
        machine->gate.budget = 0;
    }
}

void timeline_rearm(struct machine *machine)
{
    if (machine->config.clock == POSIX_CLOCK_HOST) {
        machine->gate.budget = INT64_MAX / 2;
        return;
    }
    uint64_t now = timeline_now(machine);
    uint64_t next = timeline_next(machine);
    uint64_t most = machine->is_live ? LIVE_POLL_NS : LOOK_AHEAD;
    if (next < now) {
        next = now;
    }
    machine->timeline.horizon = next - now > most ? now + most : next;
    machine->gate.budget = (int64_t)(machine->timeline.horizon - now);
}

void timeline_look_soon(struct machine *machine)
{
    if (machine->config.clock == POSIX_CLOCK_VIRTUAL) {
        machine->timeline.horizon = timeline_now(machine);
        machine->gate.budget = 0;
    }
}
