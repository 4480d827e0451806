/* SPDX-License-Identifier: MIT */
/* Buddy allocator over the machine's RAM.
 *
 * Invariants:
 * 1. Every managed frame is either inside exactly one free run (use FRAME_FREE) or in use.
 * 2. A free run of order n begins at a multiple of 2^n; its first frame is the only one with
 *    is_head set and stands in the list free_runs.first[n].
 * 3. No two free buddies exist side by side: they would have been merged. */

#include "frame.h"

#include <terrarium/error.h>

#include "space_pool.h"
#include "state.h"
#include "string.h"

void *frame_view(const struct kernel *kernel, uint64_t frame)
{
    return kernel->ram + frame * TR_PAGE_SIZE;
}

uint32_t frame_of(const struct kernel *kernel, const void *view)
{
    return (uint32_t)((uint64_t)((const uint8_t *)view - kernel->ram) / TR_PAGE_SIZE);
}

uint32_t frame_order(uint64_t pages)
{
    uint32_t order = 0;
    while ((UINT64_C(1) << order) < pages) {
        order++;
    }
    return order;
}

uint32_t frame_piece(uint64_t frame, uint64_t pages)
{
    uint32_t order = 0;
    while (order + 1 < FRAME_ORDERS && (frame & ((UINT64_C(2) << order) - 1)) == 0 &&
           (UINT64_C(2) << order) <= pages) {
        order++;
    }
    return order;
}

/* ---- Lists of runs -------------------------------------------------------------------------- */

static void run_push(struct frame_table *table, uint32_t first, uint32_t order)
{
    struct frame *head = &table->frames[first];
    uint32_t *place = &table->free_runs.first[order];
    head->is_head = 1;
    head->order = (uint8_t)order;
    head->prev = FRAME_NONE;
    head->next = *place;
    if (head->next != FRAME_NONE) {
        table->frames[head->next].prev = first;
    }
    *place = first;
}

static void run_unlink(struct frame_table *table, uint32_t first)
{
    struct frame *head = &table->frames[first];
    if (head->prev == FRAME_NONE) {
        table->free_runs.first[head->order] = head->next;
    } else {
        table->frames[head->prev].next = head->next;
    }
    if (head->next != FRAME_NONE) {
        table->frames[head->next].prev = head->prev;
    }
    head->is_head = 0;
}

/* All of [frame, end) in the largest pieces; their buddies are not free. */
static void runs_push(struct frame_table *table, uint64_t frame, uint64_t end)
{
    while (frame < end) {
        uint32_t order = frame_piece(frame, end - frame);
        run_push(table, (uint32_t)frame, order);
        frame += UINT64_C(1) << order;
    }
}

/* Puts a run in that merges with its buddies as far as they are free. */
static void run_put(struct frame_table *table, uint32_t frame, uint32_t order)
{
    while (order + 1 < FRAME_ORDERS) {
        uint32_t buddy = frame ^ (UINT32_C(1) << order);
        if (buddy < table->first || buddy + (UINT64_C(1) << order) > table->end) {
            break;
        }
        const struct frame *other = &table->frames[buddy];
        if (other->use != FRAME_FREE || !other->is_head || other->order != order) {
            break;
        }
        run_unlink(table, buddy);
        frame &= ~(UINT32_C(1) << order);
        order++;
    }
    run_push(table, frame, order);
}

/* The head of the free run that holds the frame. */
static uint32_t head_over(const struct frame_table *table, uint64_t frame)
{
    for (uint32_t order = 0; order < FRAME_ORDERS; order++) {
        uint64_t head = frame & ~((UINT64_C(1) << order) - 1);
        if (head >= table->first && table->frames[head].is_head &&
            table->frames[head].order >= order) {
            return (uint32_t)head;
        }
    }
    return FRAME_NONE;
}

/* Cuts the free frames [first, end) out of the runs around them; the rest stays in the lists. */
static void runs_cut(struct kernel *kernel, uint64_t first, uint64_t end)
{
    struct frame_table *table = &kernel->frames;
    while (first < end) {
        uint32_t head = head_over(table, first);
        KASSERT(kernel, head != FRAME_NONE);
        uint64_t behind = head + (UINT64_C(1) << table->frames[head].order);
        run_unlink(table, head);
        runs_push(table, head, first);
        runs_push(table, end, behind);
        first = behind;
    }
}

static uint32_t any_run(const struct frame_table *table, uint32_t order)
{
    const struct frame_runs *runs = &table->free_runs;
    while (order < FRAME_ORDERS && runs->first[order] == FRAME_NONE) {
        order++;
    }
    return order == FRAME_ORDERS ? FRAME_NONE : runs->first[order];
}

/* ---- The free ones -------------------------------------------------------------------------- */

/* interface.md 6: below 1/8 of RAM free applications get NOMEM, below 1/16 servers too. */
bool frame_may_take(struct kernel *kernel, const struct account *account, uint64_t pages)
{
    uint64_t reserve = 0;
    if (!account->is_kernel && account->process_class == TR_APPLICATION) {
        reserve = kernel->config.limits.application_reserve;
    } else if (!account->is_kernel && account->process_class == TR_SERVER) {
        reserve = kernel->config.limits.server_reserve;
    }
    uint64_t free = kernel->frames.free + kernel->graveyard_pages;
    return free >= pages && free - pages >= reserve;
}

bool frame_reclaim(struct kernel *kernel)
{
    if (list_is_empty(&kernel->graveyard) && !space_pool_shrink(kernel)) {
        return false;
    }
    space_reap(kernel, STEP_PAGES);
    return true;
}

void frame_set_use(struct kernel *kernel, uint64_t first, uint64_t pages, enum frame_use use)
{
    struct frame_table *table = &kernel->frames;
    for (uint64_t frame = first; frame < first + pages; frame++) {
        table->by_use[table->frames[frame].use]--;
        table->by_use[use]++;
        table->frames[frame].use = (uint8_t)use;
    }
}

void frame_take(struct kernel *kernel, uint64_t first, uint64_t pages, enum frame_use use)
{
    struct frame_table *table = &kernel->frames;
    runs_cut(kernel, first, first + pages);
    frame_set_use(kernel, first, pages, use);
    table->free -= pages;
    for (uint64_t frame = first; frame < first + pages; frame++) {
        table->frames[frame].count = 0;
    }
}

int64_t frame_allocate(struct kernel *kernel, const struct account *account, uint32_t order,
                       enum frame_use use, uint32_t *frame)
{
    const uint64_t run = UINT64_C(1) << order;
    if (kernel_allocation_is_failed(kernel) || order >= FRAME_ORDERS ||
        !frame_may_take(kernel, account, run)) {
        return TR_E_NOMEM;
    }
    uint32_t first = any_run(&kernel->frames, order);
    while (first == FRAME_NONE) {
        if (!frame_reclaim(kernel)) {
            return TR_E_NOMEM;
        }
        first = any_run(&kernel->frames, order);
    }
    frame_take(kernel, first, run, use);
    *frame = first;
    return 0;
}

void frame_free(struct kernel *kernel, uint32_t frame, uint32_t order)
{
    struct frame_table *table = &kernel->frames;
    uint64_t pages = UINT64_C(1) << order;
    KASSERT(kernel, table->frames[frame].use != FRAME_FREE && frame >= table->first &&
                        frame + pages <= table->end);
    frame_set_use(kernel, frame, pages, FRAME_FREE);
    table->free += pages;
    run_put(table, frame, order);
}

void frame_setup(struct kernel *kernel, struct frame *frames, uint64_t first, uint64_t free_from,
                 uint64_t end)
{
    struct frame_table *table = &kernel->frames;
    table->frames = frames;
    table->first = first;
    table->end = end;
    for (uint32_t order = 0; order < FRAME_ORDERS; order++) {
        table->free_runs.first[order] = FRAME_NONE;
    }
    for (uint64_t f = first; f < free_from; f++) {
        frames[f].use = FRAME_KERNEL;
    }
    table->by_use[FRAME_KERNEL] = free_from - first;
    runs_push(table, free_from, end);
    table->free = end - free_from;
    table->by_use[FRAME_FREE] = table->free;
}
