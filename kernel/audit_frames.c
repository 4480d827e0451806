/* SPDX-License-Identifier: MIT */
#include "audit.h"

#include "memory.h"
#include "physical.h"
#include "shared.h"
#include "space.h"
#include "space_pool.h"
#include "state.h"

/* Whether the run's other half is a run too: then the two should be one. */
static bool has_buddy(const struct frame_table *table, uint32_t run, uint32_t order)
{
    uint32_t other = run ^ UINT32_C(1) << order;
    return order + 1 < FRAME_ORDERS && other >= table->first && other < table->end &&
           table->frames[other].is_head && table->frames[other].order == order;
}

/* Gives the number of frames in free runs. */
static uint64_t audit_runs(struct audit *audit)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint64_t frames = 0;
    for (uint32_t order = 0; order < FRAME_ORDERS; order++) {
        uint32_t before = FRAME_NONE;
        for (uint32_t f = table->free_runs.first[order]; f != FRAME_NONE;
             f = table->frames[f].next) {
            const struct frame *head = &table->frames[f];
            audit_check(audit,
                        head->use == FRAME_FREE && head->is_head && head->order == order &&
                            head->prev == before,
                        AUDIT_run_head);
            audit_check(audit, (f & ((UINT32_C(1) << order) - 1)) == 0, AUDIT_run_alignment);
            audit_check(audit, !has_buddy(table, f, order), AUDIT_run_buddies);
            frames += UINT64_C(1) << order;
            before = f;
        }
    }
    return frames;
}

/* What tells sets of frames of the same size apart. */
static uint64_t sum_of(uint64_t frame)
{
    return frame * frame * UINT64_C(0x9e3779b97f4a7c15);
}

static void audit_uses(struct audit *audit)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint64_t by_use[FRAME_USES] = {0};
    for (uint64_t f = table->first; f < table->end; f++) {
        by_use[table->frames[f].use]++;
        audit->user_sum -= table->frames[f].use == FRAME_USER ? sum_of(f) : 0;
    }
    audit_check(audit, audit->user_sum == 0, AUDIT_private_twice);
    for (uint32_t use = 0; use < FRAME_USES; use++) {
        audit_check(audit, by_use[use] == table->by_use[use], AUDIT_use_count);
    }
    uint64_t free = audit_runs(audit);
    audit_check(audit, free == table->free && free == by_use[FRAME_FREE], AUDIT_free_count);
}

/* Of the frame that an entry names; one that the kernel does not manage has none. */
static enum frame_use use_of(const struct audit *audit, uint64_t entry)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint32_t frame = ENTRY_FRAME(entry);
    bool is_managed = frame >= table->first && frame < table->end;
    return is_managed ? (enum frame_use)table->frames[frame].use : FRAME_USES;
}

/* Pages of a table that are not private, by what they are; those that are some call's. */
struct pages {
    uint64_t mapped, shared, pending;
};

static void audit_page(struct audit *audit, uint64_t entry, struct pages *pages)
{
    enum page_kind kind = ENTRY_KIND(entry);
    pages->pending += (entry & ENTRY_PENDING) != 0;
    pages->mapped += kind == PAGE_PHYSICAL || kind == PAGE_DMA;
    pages->shared += kind == PAGE_SHARED || kind == PAGE_LAZY || kind == PAGE_LOST;
    if (kind == PAGE_PRIVATE) {
        audit->user++;
        audit->user_sum += sum_of(ENTRY_FRAME(entry));
        audit_check(audit, use_of(audit, entry) == FRAME_USER, AUDIT_private_use);
    }
}

static struct pages audit_space(struct audit *audit, const struct space *space)
{
    uint64_t slots = (space->hal.size + (UINT64_C(1) << 21) - 1) >> 21;
    struct pages pages = {0, 0, 0};
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
            audit_page(audit, leaf[i], &pages);
        }
        const struct frame *frame = &audit->kernel->frames.frames[frame_of(audit->kernel, leaf)];
        audit_check(audit, frame->count == used, AUDIT_table_entries);
    }
    return pages;
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
static void audit_wiped(struct audit *audit, const struct grave *grave)
{
    const struct space *space = &grave->space;
    uint64_t page, end;
    for (space_pool_wiped(&grave->shape, &page, &end); page < end; page++) {
        const uint64_t *entry = space_entry(space, space->hal.base + page * TR_PAGE_SIZE);
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
    audit_wiped(audit, grave);
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
            audit_check(audit, pools[i].live + (pools[i].spare != NULL) == pool_used(&pools[i]),
                        AUDIT_pool_records);
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
        audit_check(audit, audit_is_working(process, map->worker), AUDIT_map_worker);
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

/* A page names its frame once it has been opened, and the member's rights bound what it allows. */
static void audit_membership(struct audit *audit, const struct space *space,
                             const struct shared_member *member)
{
    const struct shared *shared = member->shared;
    for (uint64_t i = 0; i < shared->pages; i++) {
        const uint64_t *entry = space_entry(space, member->va + i * TR_PAGE_SIZE);
        bool is_open = i < member->open;
        bool is_lost = is_open && shared->frames[i] == FRAME_NONE;
        audit_check(audit,
                    entry != NULL && ENTRY_KIND(*entry) == (is_lost ? PAGE_LOST : PAGE_SHARED) &&
                        ENTRY_FRAME(*entry) == (is_open && !is_lost ? shared->frames[i] : 0),
                    AUDIT_shared_page);
        audit_check(audit,
                    entry == NULL || member->worker != NULL ||
                        (ENTRY_GRANTED(*entry) & ~member->prot) == 0,
                    AUDIT_shared_rights);
    }
}

static void audit_memberships(struct audit *audit, const struct process *process, uint64_t entries)
{
    uint64_t pages = 0;
    LIST_FOR (link, &process->shareds) {
        const struct shared_member *member = CONTAINER(link, struct shared_member, in_process);
        if (!member->is_lender) {
            pages += member->shared->pages;
            audit_membership(audit, &process->space, member);
        }
    }
    audit_check(audit, pages == entries, AUDIT_shared_entries);
}

void audit_memory(struct audit *audit, const struct process *process)
{
    uint64_t user_before = audit->user;
    struct pages pages = audit_space(audit, &process->space);
    audit_check(audit, audit->user - user_before == process->space.pages, AUDIT_process_pages);
    LIST_FOR (link, &process->threads) {
        pages.pending -= memory_pending(CONTAINER(link, struct thread, siblings));
    }
    audit_check(audit, pages.pending == 0, AUDIT_pending_pages);
    audit_maps(audit, process, pages.mapped);
    audit_memberships(audit, process, pages.shared);
}

/* A lent page that is not lost is that of the lender's map. */
static bool is_lent(const struct shared *shared, uint64_t page)
{
    uint64_t va = shared->lent_va + page * TR_PAGE_SIZE;
    const struct physical_map *map =
        shared->lender == NULL ? NULL : physical_map_at(shared->lender, va);
    return map != NULL &&
           map->frame + (uint32_t)((va - map->va) / TR_PAGE_SIZE) == shared->frames[page];
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
            audit_check(audit,
                        is_own || frame == FRAME_NONE || !shared->is_lent || is_lent(shared, i),
                        AUDIT_lent_page);
            held += is_own;
        }
    }
    audit_check(audit, held == table->by_use[FRAME_SHARED], AUDIT_shared_frames);
}

void audit_frames(struct audit *audit)
{
    audit_pools(audit);
    audit_graveyard(audit);
    audit_uses(audit);
    audit_shared_frames(audit);
    const struct frame_table *table = &audit->kernel->frames;
    const uint64_t *by_use = table->by_use;
    audit_check(audit, audit->tables == by_use[FRAME_TABLE], AUDIT_table_frames);
    audit_check(audit, audit->dma == by_use[FRAME_DMA], AUDIT_dma_frames);
}
