/* SPDX-License-Identifier: MIT */
/* Simulated memory of an idle process beside what its image takes. */

#include <terrarium.h>

#include "image.h"
#include "rig.h"
#include "unit.h"

#define PROCESSES 10

static void *open_rig(uint64_t unused)
{
    const struct rig_config config = {.ram_bytes = UINT64_C(256) << 20};
    struct rig *rig = rig_create(&config);

    (void)unused;
    (void)rig_guests(rig, "bench_small", "sleep", 1);
    return rig;
}

static double batch(void *state)
{
    uint64_t before = rig_frames(state);

    (void)rig_guests(state, "bench_small", "sleep", PROCESSES);
    double all = (double)(rig_frames(state) - before) * TR_PAGE_SIZE / PROCESSES;
    return all - (double)image_get("bench_small")->memory;
}

static void close_rig(void *state)
{
    rig_destroy(state);
}

const struct source unit_idle = {open_rig, batch, close_rig, PROCESSES};
