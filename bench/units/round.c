/* SPDX-License-Identifier: MIT */
/* Call and reply between two processes. */

#include <stdio.h>

#include "units/asked.h"

#define ROUNDS 5000
#define BYTES  (UINT64_C(8) << 20) /* at most moved each way in a batch */

static void *open_round(uint64_t size)
{
    const struct rig_config config = {.ram_bytes = UINT64_C(128) << 20, .large = true};
    struct asked *asked = asked_open(&config);
    uint64_t count = size * ROUNDS < BYTES ? ROUNDS : BYTES / size;
    char words[32];

    (void)snprintf(words, sizeof words, "echo %llu", (unsigned long long)size);
    const struct request request = {.kind = REQUEST_ROUNDS,
                                    .count = count,
                                    .size = size,
                                    .object = rig_guests(asked->rig, "bench_guest", words, 1)};
    asked_ready(asked, &request, count);
    return asked;
}

const struct source unit_round = {open_round, asked_batch, asked_close, 0};
