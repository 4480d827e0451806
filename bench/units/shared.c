/* SPDX-License-Identifier: MIT */
/* Bytes handed over through shared memory: one process fills it and calls the other, which copies
 * it out and replies. */

#include <stddef.h>

#include "units/asked.h"

#define TIMES 10

static void *open_shared(uint64_t size)
{
    const struct rig_config config = {.ram_bytes = UINT64_C(64) << 20};
    const struct request create = {.kind = REQUEST_SHARED_OPEN, .size = size};
    struct asked *asked = asked_open(&config);
    uint64_t reader = rig_guests(asked->rig, "bench_guest", "serve", 1);
    struct answer answer;

    (void)rig_request(asked->rig, asked->guest, &create, &answer);
    const struct request join = {
        .kind = REQUEST_SHARED_SINK, .object = (uint64_t)answer.result, .key = answer.key};
    (void)rig_request(asked->rig, reader, &join, NULL);
    const struct request request = {
        .kind = REQUEST_SHARED_WRITES, .count = TIMES, .object = reader};
    asked_ready(asked, &request, TIMES);
    return asked;
}

const struct source unit_shared = {open_shared, asked_batch, asked_close, TIMES};
