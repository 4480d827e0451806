/* SPDX-License-Identifier: MIT */
/* Buddy allocator over the machine's RAM.
 *
 * Invariants:
 * 1. Every managed frame is either inside exactly one free run (use FRAME_FREE) or in use.
 * 2. A free run of order n begins at a multiple of 2^n; its first frame is the only one with
 *    is_head set and stands in the list free_runs[n].
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

static void run_push(struct frame_table *table, uint32_t first, uint32_t order)
{
    struct frame *head = &table->frames[first];
    head->is_head = 1;
    head->order = (uint8_t)order;
    head->prev = FRAME_NONE;
    head->next = table->free_runs[order];
    if (head->next != FRAME_NONE) {
        table->frames[head->next].prev = first;
    }
    table->free_runs[order] = first;
}

static void run_unlink(struct frame_table *table, uint32_t first)
{
    struct frame *head = &table->frames[first];
    if (head->prev == FRAME_NONE) {
        table->free_runs[head->order] = head->next;
    } else {
        table->frames[head->prev].next = head->next;
    }
    if (head->next != FRAME_NONE) {
        table->frames[head->next].prev = head->prev;
    }
    head->is_head = 0;
}

/* abi.md 6: below 1/8 of RAM free applications get NOMEM, below 1/16 servers too. */
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

bool frame_allocation_is_failed(struct kernel *kernel)
{
    kernel->allocations++;
    if (kernel->fail_at == 0) {
        return false;
    }
    return kernel->fail_onwards ? kernel->allocations >= kernel->fail_at
                                : kernel->allocations == kernel->fail_at;
}

/* The smallest free run that fits; reaps ended spaces when there is none. */
static uint32_t run_find(struct kernel *kernel, uint32_t wanted)
{
    for (;;) {
        for (uint32_t order = wanted; order < FRAME_ORDERS; order++) {
            if (kernel->frames.free_runs[order] != FRAME_NONE) {
                return order;
            }
        }
        if (list_is_empty(&kernel->graveyard) && !space_pool_shrink(kernel)) {
            return FRAME_ORDERS;
        }
        space_reap(kernel, STEP_PAGES);
    }
}

int64_t frame_allocate(struct kernel *kernel, const struct account *account, uint32_t order,
                       enum frame_use use, uint32_t *frame)
{
    struct frame_table *table = &kernel->frames;
    uint64_t pages = UINT64_C(1) << order;
    if (frame_allocation_is_failed(kernel) || order >= FRAME_ORDERS ||
        !frame_may_take(kernel, account, pages)) {
        return TR_E_NOMEM;
    }
    uint32_t found = run_find(kernel, order);
    if (found == FRAME_ORDERS) {
        return TR_E_NOMEM;
    }
    uint32_t first = table->free_runs[found];
    run_unlink(table, first);
    while (found > order) {
        found--;
        run_push(table, first + (UINT32_C(1) << found), found);
    }
    for (uint32_t i = 0; i < pages; i++) {
        table->frames[first + i].use = (uint8_t)use;
        table->frames[first + i].count = 0;
    }
    table->free -= pages;
    table->by_use[FRAME_FREE] -= pages;
    table->by_use[use] += pages;
    *frame = first;
    return 0;
}

void frame_free(struct kernel *kernel, uint32_t frame, uint32_t order)
{
    struct frame_table *table = &kernel->frames;
    uint64_t pages = UINT64_C(1) << order;
    enum frame_use use = (enum frame_use)table->frames[frame].use;
    KASSERT(kernel, use != FRAME_FREE && frame >= table->first && frame + pages <= table->end);
    table->free += pages;
    table->by_use[use] -= pages;
    table->by_use[FRAME_FREE] += pages;
    for (uint32_t i = 0; i < pages; i++) {
        table->frames[frame + i].use = FRAME_FREE;
    }
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

void frame_setup(struct kernel *kernel, struct frame *frames, uint64_t first, uint64_t free_from,
                 uint64_t end)
{
    struct frame_table *table = &kernel->frames;
    table->frames = frames;
    table->first = first;
    table->end = end;
    for (uint32_t order = 0; order < FRAME_ORDERS; order++) {
        table->free_runs[order] = FRAME_NONE;
    }
    for (uint64_t f = first; f < free_from; f++) {
        frames[f].use = FRAME_KERNEL;
    }
    table->by_use[FRAME_KERNEL] = free_from - first;
    uint64_t frame = free_from;
    while (frame < end) {
        uint32_t order = 0;
        while (order + 1 < FRAME_ORDERS && (frame & ((UINT64_C(2) << order) - 1)) == 0 &&
               frame + (UINT64_C(2) << order) <= end) {
            order++;
        }
        run_push(table, (uint32_t)frame, order);
        frame += UINT64_C(1) << order;
    }
    table->free = end - free_from;
    table->by_use[FRAME_FREE] = table->free;
}
