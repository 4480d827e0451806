/* SPDX-License-Identifier: MIT */
/* Messages of 8 bytes: all are sent, then all are taken. */

#include "units/asked.h"

static void *open_queue(uint64_t messages)
{
    const struct rig_config config = {.ram_bytes = UINT64_C(1) << 30, .large = true};
    const struct request request = {.kind = REQUEST_QUEUE, .count = messages};
    struct asked *asked = asked_open(&config);

    asked_ready(asked, &request, messages);
    return asked;
}

const struct source unit_queue = {open_queue, asked_batch, asked_close, 0};
