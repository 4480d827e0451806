/* SPDX-License-Identifier: MIT */
/* Damages: frames, page tables, maps. */

#include "audit_world.h"

/* A driver's map of device memory. */
static struct physical_map *map(const struct world *world)
{
    return FIRST(&world->driver->maps, struct physical_map, owned);
}

static uint64_t *map_entry(const struct world *world)
{
    return space_entry(&world->driver->space, map(world)->va);
}

/* The first frame of any run in a list. */
static struct frame *head(const struct world *world, const struct frame_runs *runs)
{
    for (uint32_t order = 0; order < FRAME_ORDERS; order++) {
        if (runs->first[order] != FRAME_NONE) {
            return &world->kernel->frames.frames[runs->first[order]];
        }
    }
    fail_msg("there is no run");
    return NULL;
}

DAMAGE(free_head)
{
    head(world, &world->kernel->frames.free_runs)->is_head = 0;
}

/* A run is said to be twice as long. */
DAMAGE(free_alignment)
{
    struct frame_table *table = &world->kernel->frames;
    uint32_t *first = table->free_runs.first;
    uint32_t order = 0;

    while (first[order] == FRAME_NONE || (first[order] >> order & 1) == 0) {
        order++;
        assert_true(order + 1 < FRAME_ORDERS);
    }
    uint32_t run = first[order];
    first[order] = table->frames[run].next;
    table->frames[run].next = first[order + 1];
    table->frames[run].order++;
    first[order + 1] = run;
}

DAMAGE(free_count)
{
    world->kernel->frames.free++;
}

DAMAGE(use_count)
{
    world_retag(world, FRAME_KERNEL, FRAME_USER);
    world->kernel->frames.by_use[FRAME_KERNEL]++;
    world->kernel->frames.by_use[FRAME_USER]--;
}

DAMAGE(table_entries)
{
    uint32_t leaf = frame_of(world->kernel, map_entry(world));

    world->kernel->frames.frames[leaf].count++;
}

DAMAGE(private_use)
{
    world_retag(world, FRAME_USER, FRAME_KERNEL);
}

static struct grave *pooled(const struct world *world)
{
    return FIRST(&world->kernel->space_pool, struct grave, link);
}

/* The entry of a page from the end of the pooled space's shape on. */
static uint64_t *pooled_entry(const struct world *world, uint64_t beyond)
{
    const struct space_shape *shape = &pooled(world)->shape;
    const struct shape_run *last = &shape->runs[shape->count - 1];
    const struct space *space = &pooled(world)->space;

    return space_entry(space, space->hal.base + (shape->at + last->first + last->pages + beyond) *
                                                    UINT64_C(4096));
}

DAMAGE(pooled_pages)
{
    pooled(world)->space.pages++;
}

/* A page of somebody's beyond the end. */
DAMAGE(pooled_shape)
{
    uint64_t *entry = pooled_entry(world, 3);
    uint32_t leaf = frame_of(world->kernel, entry);

    *entry = ENTRY(world->shared->frames[0], PAGE_SHARED, TR_READ);
    world->kernel->frames.frames[leaf].count++;
}

DAMAGE(pooled_bytes)
{
    uint64_t argument = *pooled_entry(world, UINT64_MAX);

    ((uint8_t *)frame_view(world->kernel, ENTRY_FRAME(argument)))[17] = 1;
}

DAMAGE(pooled_count)
{
    world->kernel->space_pool_count++;
}

DAMAGE(grave_pages)
{
    world->kernel->graveyard_pages++;
}

DAMAGE(pool_room)
{
    world->kernel->pools.sizes[0].live += 1000;
}

DAMAGE(pool_frames)
{
    world_retag(world, FRAME_KERNEL, FRAME_POOL);
}

DAMAGE(map_page)
{
    *map_entry(world) += ENTRY(1, 0, 0);
}

DAMAGE(map_entries)
{
    world_unlink(&map(world)->owned);
}

DAMAGE(process_pages)
{
    world->runner->space.pages++;
}

DAMAGE(shared_frame)
{
    world->shared->frames[0] = (uint32_t)world->kernel->frames.first;
}

DAMAGE(shared_frames)
{
    world_retag(world, FRAME_KERNEL, FRAME_SHARED);
}

DAMAGE(private_frames)
{
    world_retag(world, FRAME_KERNEL, FRAME_USER);
}

DAMAGE(table_frames)
{
    world_retag(world, FRAME_KERNEL, FRAME_TABLE);
}

DAMAGE(dma_frames)
{
    world_retag(world, FRAME_KERNEL, FRAME_DMA);
}
