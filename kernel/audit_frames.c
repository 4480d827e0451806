/* SPDX-License-Identifier: MIT */
#include "audit.h"

#include "physical.h"
#include "shared.h"
#include "space.h"
#include "space_pool.h"
#include "state.h"

static void audit_free_runs(struct audit *audit)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint64_t free = 0;
    for (uint32_t order = 0; order < FRAME_ORDERS; order++) {
        for (uint32_t f = table->free_runs.first[order]; f != FRAME_NONE;
             f = table->frames[f].next) {
            const struct frame *head = &table->frames[f];
            audit_check(audit, head->use == FRAME_FREE && head->is_head && head->order == order,
                        AUDIT_free_head);
            audit_check(audit, (f & ((UINT32_C(1) << order) - 1)) == 0, AUDIT_free_alignment);
            free += UINT64_C(1) << order;
        }
    }
    audit_check(audit, free == table->free, AUDIT_free_count);
}

static void audit_uses(struct audit *audit)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint64_t by_use[FRAME_USES] = {0};
    for (uint64_t f = table->first; f < table->end; f++) {
        by_use[table->frames[f].use]++;
    }
    for (uint32_t use = 0; use < FRAME_USES; use++) {
        audit_check(audit, by_use[use] == table->by_use[use], AUDIT_use_count);
    }
}

/* Of the frame that an entry names; one that the kernel does not manage has none. */
static enum frame_use use_of(const struct audit *audit, uint64_t entry)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint32_t frame = ENTRY_FRAME(entry);
    bool is_managed = frame >= table->first && frame < table->end;
    return is_managed ? (enum frame_use)table->frames[frame].use : FRAME_USES;
}

/* Gives the number of pages that belong to physical and DMA maps. */
static uint64_t audit_space(struct audit *audit, const struct space *space)
{
    uint64_t slots = (space->hal.size + (UINT64_C(1) << 21) - 1) >> 21;
    uint64_t pages = 0;
    uint64_t mapped = 0;
    audit->tables += UINT64_C(1) << space->root_order;
    for (uint64_t slot = 0; slot < slots; slot++) {
        const uint64_t *leaf = space->leaves[slot];
        if (leaf == NULL) {
            continue;
        }
        audit->tables++;
        uint64_t used = 0;
        for (uint32_t i = 0; i < LEAF_PAGES; i++) {
            used += leaf[i] != 0;
            enum page_kind kind = ENTRY_KIND(leaf[i]);
            pages += kind == PAGE_PRIVATE;
            audit_check(audit, kind != PAGE_PRIVATE || use_of(audit, leaf[i]) == FRAME_USER,
                        AUDIT_private_use);
            mapped += kind == PAGE_PHYSICAL || kind == PAGE_DMA;
        }
        const struct frame *frame = &audit->kernel->frames.frames[frame_of(audit->kernel, leaf)];
        audit_check(audit, frame->count == used, AUDIT_table_entries);
    }
    audit->user += pages;
    return mapped;
}

static bool is_zero(const uint8_t *bytes)
{
    uint8_t sum = 0;
    for (uint64_t i = 0; i < TR_PAGE_SIZE; i++) {
        sum |= bytes[i];
    }
    return sum == 0;
}

/* Pages that are to be zero at the start of the next process. */
static void audit_wiped(struct audit *audit, const struct grave *grave, const struct shape_run *run)
{
    const struct space *space = &grave->space;
    uint64_t va = space->hal.base + (grave->shape.at + run->first) * TR_PAGE_SIZE;
    for (uint64_t i = 0; i < run->pages && ENTRY_KIND(run->entry) == PAGE_DEMAND; i++) {
        const uint64_t *entry = space_entry(space, va + i * TR_PAGE_SIZE);
        audit_check(audit,
                    entry == NULL || ENTRY_KIND(*entry) != PAGE_PRIVATE ||
                        is_zero(frame_view(audit->kernel, ENTRY_FRAME(*entry))),
                    AUDIT_pooled_bytes);
    }
}

static void audit_pooled(struct audit *audit, const struct grave *grave)
{
    uint64_t before = audit->user;
    (void)audit_space(audit, &grave->space);
    audit_check(audit, audit->user - before == grave->space.pages, AUDIT_pooled_pages);
    audit_check(audit, space_pool_is_shape(&grave->space, &grave->shape), AUDIT_pooled_shape);
    for (uint32_t i = 0; i < grave->shape.count; i++) {
        audit_wiped(audit, grave, &grave->shape.runs[i]);
    }
}

static void audit_graveyard(struct audit *audit)
{
    uint64_t before = audit->user;
    LIST_FOR (link, &audit->kernel->graveyard) {
        (void)audit_space(audit, &CONTAINER(link, struct grave, link)->space);
    }
    LIST_FOR (link, &audit->kernel->space_pool) {
        audit_pooled(audit, CONTAINER(link, struct grave, link));
    }
    audit_check(audit, list_length(&audit->kernel->space_pool) == audit->kernel->space_pool_count,
                AUDIT_pooled_count);
    audit_check(audit, audit->user - before == audit->kernel->graveyard_pages, AUDIT_grave_pages);
}

static void audit_pools(struct audit *audit)
{
    const struct pool *pools = (const struct pool *)&audit->kernel->pools;
    uint64_t count = sizeof(audit->kernel->pools) / sizeof(struct pool);
    uint64_t frames = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (pools[i].size != 0) {
            uint64_t slabs = list_length(&pools[i].partial) + list_length(&pools[i].full);
            frames += slabs << pools[i].slab_order;
            audit_check(audit,
                        pools[i].live + (pools[i].spare != NULL) <= slabs * pools[i].per_slab,
                        AUDIT_pool_room);
        }
    }
    audit_check(audit, frames == audit->kernel->frames.by_use[FRAME_POOL], AUDIT_pool_frames);
}

/* Every page of a map is in the table, and no other page is of its kind. */
static void audit_maps(struct audit *audit, const struct process *process, uint64_t entries)
{
    uint64_t pages = 0;
    LIST_FOR (link, &process->maps) {
        const struct physical_map *map = CONTAINER(link, struct physical_map, owned);
        enum page_kind kind = map->is_dma ? PAGE_DMA : PAGE_PHYSICAL;
        pages += map->pages;
        audit->dma += map->is_dma ? map->pages : 0;
        for (uint32_t i = 0; i < map->pages; i++) {
            const uint64_t *entry =
                space_entry(&process->space, map->va + i * UINT64_C(TR_PAGE_SIZE));
            audit_check(audit,
                        entry != NULL && ENTRY_KIND(*entry) == kind &&
                            ENTRY_FRAME(*entry) == map->frame + i,
                        AUDIT_map_page);
        }
    }
    audit_check(audit, pages == entries, AUDIT_map_entries);
}

void audit_memory(struct audit *audit, const struct process *process)
{
    uint64_t user_before = audit->user;
    uint64_t mapped = audit_space(audit, &process->space);
    audit_check(audit, audit->user - user_before == process->space.pages, AUDIT_process_pages);
    audit_maps(audit, process, mapped);
}

/* Frames that shared memories hold; of one over a map those that it took for lost pages. */
static void audit_shared_frames(struct audit *audit)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint64_t held = 0;
    LIST_FOR (link, &audit->kernel->shareds) {
        const struct shared *shared = CONTAINER(link, struct shared, all);
        for (uint64_t i = 0; i < shared->held; i++) {
            uint32_t frame = shared->frames[i];
            bool is_own = frame >= table->first && frame < table->end &&
                          table->frames[frame].use == FRAME_SHARED;
            audit_check(audit, is_own || shared->is_lent, AUDIT_shared_frame);
            held += is_own;
        }
    }
    audit_check(audit, held == table->by_use[FRAME_SHARED], AUDIT_shared_frames);
}

void audit_frames(struct audit *audit)
{
    audit_free_runs(audit);
    audit_uses(audit);
    audit_pools(audit);
    audit_graveyard(audit);
    audit_shared_frames(audit);
    const struct frame_table *table = &audit->kernel->frames;
    const uint64_t *by_use = table->by_use;
    audit_check(audit, audit->user == by_use[FRAME_USER], AUDIT_private_frames);
    audit_check(audit, audit->tables == by_use[FRAME_TABLE], AUDIT_table_frames);
    audit_check(audit, audit->dma == by_use[FRAME_DMA], AUDIT_dma_frames);
}
