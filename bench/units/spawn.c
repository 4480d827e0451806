/* SPDX-License-Identifier: MIT */
/* Spawn of a 16 KiB program, to its end as its parent learns it. */

#include "rig.h"
#include "unit.h"

#define SPAWNS 20

static void *open_rig(bool fresh)
{
    const struct rig_config config = {.ram_bytes = UINT64_C(64) << 20, .fresh = fresh};
    struct rig *rig = rig_create(&config);

    (void)rig_spawns(rig, "bench_small", SPAWNS);
    return rig;
}

static void *open_fresh(uint64_t unused)
{
    (void)unused;
    return open_rig(true);
}

static void *open_pooled(uint64_t unused)
{
    (void)unused;
    return open_rig(false);
}

static double batch(void *state)
{
    return rig_spawns(state, "bench_small", SPAWNS) / SPAWNS;
}

static void close_rig(void *state)
{
    rig_destroy(state);
}

const struct source unit_spawn_fresh = {open_fresh, batch, close_rig, SPAWNS};
const struct source unit_spawn_pooled = {open_pooled, batch, close_rig, SPAWNS};
