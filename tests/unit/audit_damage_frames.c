/* SPDX-License-Identifier: MIT */
/* Damages: frames, page tables, maps. */

#include "audit_world.h"
#include "kernel/space_pool.h"

/* The entries of the first two private pages that the runner has. */
static void private_entries(const struct world *world, uint64_t *entries[2])
{
    const struct space *space = &world->runner->space;
    size_t found = 0;

    for (uint64_t page = 0; found < 2; page++) {
        assert_true(page < LEAF_PAGES);
        uint64_t *entry = space_entry(space, space->hal.base + page * TR_PAGE_SIZE);
        if (ENTRY_KIND(*entry) == PAGE_PRIVATE) {
            entries[found++] = entry;
        }
    }
}

static struct shared_member *member(const struct world *world)
{
    return FIRST(&world->shared->members, struct shared_member, in_shared);
}

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

DAMAGE(frame_total)
{
    world->kernel->frames.by_use[FRAME_FREE]++;
}

DAMAGE(body_frames)
{
    world->kernel->frames.by_use[FRAME_BODY]++;
    world->kernel->frames.by_use[FRAME_FREE]--;
}

/* ---- Runs ------------------------------------------------------------------------------------ */

static void push(struct frame_table *table, uint32_t run, uint32_t order)
{
    uint32_t *first = &table->free_runs.first[order];

    table->frames[run].prev = FRAME_NONE;
    table->frames[run].next = *first;
    table->frames[run].order = (uint8_t)order;
    table->frames[run].is_head = 1;
    if (*first != FRAME_NONE) {
        table->frames[*first].prev = run;
    }
    *first = run;
}

static uint32_t pop(struct frame_table *table, uint32_t order)
{
    uint32_t run = table->free_runs.first[order];
    uint32_t next = table->frames[run].next;

    table->free_runs.first[order] = next;
    if (next != FRAME_NONE) {
        table->frames[next].prev = FRAME_NONE;
    }
    return run;
}

DAMAGE(run_head)
{
    head(world, &world->kernel->frames.free_runs)->is_head = 0;
}

/* A run is said to be twice as long. */
DAMAGE(run_alignment)
{
    struct frame_table *table = &world->kernel->frames;
    uint32_t order = 0;

    while (table->free_runs.first[order] == FRAME_NONE ||
           (table->free_runs.first[order] >> order & 1) == 0) {
        order++;
        assert_true(order + 1 < FRAME_ORDERS);
    }
    push(table, pop(table, order), order + 1);
}

/* A run becomes two. */
DAMAGE(run_buddies)
{
    struct frame_table *table = &world->kernel->frames;
    uint32_t order = 1;

    while (table->free_runs.first[order] == FRAME_NONE) {
        order++;
        assert_true(order < FRAME_ORDERS);
    }
    uint32_t run = pop(table, order);
    push(table, run, order - 1);
    push(table, run + (UINT32_C(1) << (order - 1)), order - 1);
}

DAMAGE(free_count)
{
    world->kernel->frames.free++;
}

DAMAGE(use_count)
{
    world_retag(world, FRAME_KERNEL, FRAME_MODULE);
    world->kernel->frames.by_use[FRAME_KERNEL]++;
    world->kernel->frames.by_use[FRAME_MODULE]--;
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
    const struct space *space = &pooled(world)->space;
    uint64_t first, end;

    space_pool_wiped(&pooled(world)->shape, &first, &end);
    const uint64_t *argument = space_entry(space, space->hal.base + (end - 1) * UINT64_C(4096));
    ((uint8_t *)frame_view(world->kernel, ENTRY_FRAME(*argument)))[17] = 1;
}

DAMAGE(grave_pages)
{
    world->kernel->graveyard_pages++;
}

DAMAGE(pool_records)
{
    world->kernel->pools.sizes[0].live++;
}

DAMAGE(pool_frames)
{
    world_retag(world, FRAME_KERNEL, FRAME_POOL);
}

DAMAGE(private_twice)
{
    uint64_t *entries[2];

    private_entries(world, entries);
    *entries[0] = *entries[1];
}

DAMAGE(shared_page)
{
    *space_entry(&world->runner->space, member(world)->va) += ENTRY(1, 0, 0);
}

DAMAGE(shared_rights)
{
    member(world)->prot = TR_READ;
}

DAMAGE(shared_entries)
{
    world_unlink(&member(world)->in_process);
}

DAMAGE(lent_page)
{
    world->lent->lent_va += TR_PAGE_SIZE;
}

DAMAGE(map_process)
{
    map(world)->process = world->runner;
}

DAMAGE(map_page)
{
    *map_entry(world) += ENTRY(1, 0, 0);
}

DAMAGE(map_entries)
{
    world_unlink(&map(world)->owned);
}

/* A page of the runner that is somebody's call's. */
DAMAGE(pending_pages)
{
    struct space *space = &world->runner->space;
    uint64_t va = space->hal.base + SPACE_LOW;

    while (space_entry(space, va) == NULL || ENTRY_KIND(*space_entry(space, va)) != PAGE_PRIVATE) {
        va += TR_PAGE_SIZE;
    }
    *space_entry(space, va) = ENTRY_WITHDRAWN(*space_entry(space, va));
}

DAMAGE(map_worker)
{
    map(world)->worker = world_thread(world->driver);
}

DAMAGE(process_pages)
{
    world->runner->space.pages++;
}

DAMAGE(shared_frame)
{
    struct frame_table *table = &world->kernel->frames;

    table->frames[world->shared->frames[0]].use = FRAME_KERNEL;
    table->by_use[FRAME_SHARED]--;
    table->by_use[FRAME_KERNEL]++;
}

DAMAGE(shared_frames)
{
    world_retag(world, FRAME_KERNEL, FRAME_SHARED);
}

DAMAGE(table_frames)
{
    world_retag(world, FRAME_KERNEL, FRAME_TABLE);
}

DAMAGE(dma_frames)
{
    world_retag(world, FRAME_KERNEL, FRAME_DMA);
}
