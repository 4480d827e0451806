/* SPDX-License-Identifier: MIT */
#pragma once

/* The machine's time: a queue of things to happen, earliest first, first come first served within
 * a nanosecond; and the virtual clock, which is `horizon - budget`: the budget word is counted
 * down by the gate and by counted programs and is negative once the horizon has been passed. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;

/* One thing to happen; embedded in what it belongs to, zeroed at first. */
struct timed {
    uint64_t time, order;
    size_t place; /* 1 + index in the heap; 0: not queued */
    void (*fire)(struct machine *machine, struct timed *timed);
};

struct timeline {
    struct timed **heap;
    size_t count, room;
    uint64_t order;
    uint64_t horizon;
};

void timeline_destroy(struct timeline *timeline);

/* Queues (again) for a time; `fire` is called on the host stack when it has come. */
void timeline_set(struct machine *machine, struct timed *timed, uint64_t time);
void timeline_cancel(struct machine *machine, struct timed *timed);
/* When the next thing happens; TR_FOREVER if nothing will. */
uint64_t timeline_next(const struct machine *machine);
/* Fires what is due. True if there was anything. */
bool timeline_fire_due(struct machine *machine);

/* Nanoseconds since boot by the host's clock; machine.h has timeline_now for either clock. */
uint64_t timeline_host_now(struct machine *machine);
/* Virtual clock: the time jumps forward. */
void timeline_jump(struct machine *machine, uint64_t time);
/* Virtual clock: makes the budget end at the next thing that will happen. */
void timeline_rearm(struct machine *machine);
/* Virtual clock: the next entry is to look at what is due, whatever it is. */
void timeline_look_soon(struct machine *machine);
