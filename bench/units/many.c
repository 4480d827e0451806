/* SPDX-License-Identifier: MIT */
/* Many processes of ten threads each in one machine: their start, their memory, and a call to one
 * of them. */

#include <stddef.h>
#include <terrarium.h>

#include "measure.h"
#include "units/asked.h"

#define ROUNDS 5000
#define BODY   64

static const struct rig_config config = {.ram_bytes = UINT64_C(1) << 30, .large = true};

static void *open_crowd(uint64_t processes)
{
    struct asked *asked = asked_open(&config);
    uint64_t first = rig_guests(asked->rig, "bench_crowd", "", processes);
    const struct request request = {
        .kind = REQUEST_ROUNDS, .count = ROUNDS, .size = BODY, .object = first + processes / 2};

    asked_ready(asked, &request, ROUNDS);
    return asked;
}

static void *open_number(uint64_t processes)
{
    static uint64_t number;

    number = processes;
    return &number;
}

static double batch_start(void *state)
{
    const uint64_t *processes = state;
    struct rig *rig = rig_create(&config);

    double start = measure_now();
    (void)rig_guests(rig, "bench_crowd", "", *processes);
    double took = measure_now() - start;
    rig_destroy(rig);
    return took;
}

static double batch_memory(void *state)
{
    const uint64_t *processes = state;
    struct rig *rig = rig_create(&config);

    (void)rig_guests(rig, "bench_crowd", "", *processes);
    double bytes = (double)rig_frames(rig) * TR_PAGE_SIZE;
    rig_destroy(rig);
    return bytes;
}

static void close_number(void *state)
{
    (void)state;
}

const struct source unit_crowd = {open_crowd, asked_batch, asked_close, ROUNDS};
const struct source unit_crowd_start = {open_number, batch_start, close_number, 1};
const struct source unit_crowd_memory = {open_number, batch_memory, close_number, 1};
