/* SPDX-License-Identifier: MIT */
/* One process writes to a pipe, another reads from it. */

#include <stddef.h>

#include "units/asked.h"

#define WRITES 2000

static void *open_stream(uint64_t size)
{
    const struct rig_config config = {.ram_bytes = UINT64_C(64) << 20};
    const struct request create = {.kind = REQUEST_PIPE_OPEN};
    const struct request request = {.kind = REQUEST_PIPE_WRITES, .count = WRITES, .size = size};
    struct asked *asked = asked_open(&config);
    uint64_t reader = rig_guests(asked->rig, "bench_guest", "serve", 1);
    struct answer answer;

    (void)rig_request(asked->rig, asked->guest, &create, &answer);
    const struct request join = {
        .kind = REQUEST_PIPE_SINK, .object = (uint64_t)answer.result, .key = answer.key};
    (void)rig_request(asked->rig, reader, &join, NULL);
    asked_ready(asked, &request, WRITES);
    return asked;
}

const struct source unit_pipe_stream = {open_stream, asked_batch, asked_close, WRITES};
