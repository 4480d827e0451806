/* SPDX-License-Identifier: MIT */
/* Jobs of one process: events of messages and timers, with many sources registered. */

#include <stddef.h>

#include "programs/jobs.h"

#define NEVER_HERE UINT64_C(1000000000000000000)

int64_t job_arm(const struct request *request)
{
    int64_t result = 0;

    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        result = tr_timer_set(NEVER_HERE + i, i + 1);
    }
    return result;
}

int64_t job_watch(const struct request *request)
{
    int64_t result = 0;

    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        result = tr_process_watch(request->object + i, i);
    }
    return result;
}

static int64_t take_own(void)
{
    struct tr_event event;
    uint64_t body;

    if (tr_event_poll(&event) != 1) {
        return TR_E_AGAIN;
    }
    return tr_message_read(event.object, &body, sizeof body);
}

int64_t job_messages(const struct request *request)
{
    uint64_t own = (uint64_t)tr_process_self(NULL);
    int64_t result = 0;

    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        result = tr_message_send(own, &i, sizeof i, 0);
        if (result >= 0) {
            result = take_own();
        }
    }
    return result;
}

int64_t job_timers(const struct request *request)
{
    struct tr_event event;
    int64_t result = 0;

    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        result = tr_timer_set(1, 0);
        if (result >= 0) {
            result = tr_event_wait(&event, TR_FOREVER);
        }
    }
    return result;
}

int64_t job_timer_cycles(const struct request *request)
{
    uint64_t spread = 0;
    int64_t result = 0;

    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        spread = spread * 6364136223846793005u + 1442695040888963407u;
        uint64_t cookie = (spread >> 40) + (UINT64_C(1) << 32);
        result = tr_timer_set(NEVER_HERE + (spread >> 46), cookie);
        if (result >= 0) {
            result = tr_timer_cancel(cookie);
        }
    }
    return result;
}

int64_t job_queue(const struct request *request)
{
    uint64_t own = (uint64_t)tr_process_self(NULL);
    int64_t result = 0;

    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        result = tr_message_send(own, &i, sizeof i, 0);
    }
    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        result = take_own();
    }
    return result;
}
