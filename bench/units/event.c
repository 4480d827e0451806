/* SPDX-License-Identifier: MIT */
/* What an event costs a process that has many sources: timers armed, processes watched. */

#include <stddef.h>

#include "units/asked.h"

#define EVENTS 10000

static const struct rig_config large = {.ram_bytes = UINT64_C(256) << 20, .large = true};

static void *open_armed(uint64_t timers, enum request_kind kind)
{
    const struct request arm = {.kind = REQUEST_ARM, .count = timers};
    const struct request request = {.kind = kind, .count = EVENTS};
    struct asked *asked = asked_open(&large);

    (void)rig_request(asked->rig, asked->guest, &arm, NULL);
    asked_ready(asked, &request, EVENTS);
    return asked;
}

static void *open_messages(uint64_t timers)
{
    return open_armed(timers, REQUEST_MESSAGES);
}

static void *open_timers(uint64_t timers)
{
    return open_armed(timers, REQUEST_TIMERS);
}

static void *open_cycles(uint64_t timers)
{
    return open_armed(timers, REQUEST_TIMER_CYCLES);
}

static void *open_watches(uint64_t processes)
{
    const struct rig_config config = {.ram_bytes = UINT64_C(1) << 30, .large = true};
    const struct request request = {.kind = REQUEST_MESSAGES, .count = EVENTS};
    struct asked *asked = asked_open(&config);
    const struct request watch = {.kind = REQUEST_WATCH,
                                  .count = processes,
                                  .object =
                                      rig_guests(asked->rig, "bench_small", "sleep", processes)};

    (void)rig_request(asked->rig, asked->guest, &watch, NULL);
    asked_ready(asked, &request, EVENTS);
    return asked;
}

const struct source unit_message_event = {open_messages, asked_batch, asked_close, EVENTS};
const struct source unit_timer_event = {open_timers, asked_batch, asked_close, EVENTS};
const struct source unit_timer_cycle = {open_cycles, asked_batch, asked_close, EVENTS};
const struct source unit_watch_event = {open_watches, asked_batch, asked_close, EVENTS};
