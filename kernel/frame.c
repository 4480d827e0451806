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

static void run_push(struct frame_table *table, struct frame_runs *runs, uint32_t first,
                     uint32_t order)
{
    struct frame *head = &table->frames[first];
    head->is_head = 1;
    head->order = (uint8_t)order;
    head->prev = FRAME_NONE;
    head->next = runs->first[order];
    if (head->next != FRAME_NONE) {
        table->frames[head->next].prev = first;
    }
    runs->first[order] = first;
}

static void run_unlink(struct frame_table *table, struct frame_runs *runs, uint32_t first)
{
    struct frame *head = &table->frames[first];
    if (head->prev == FRAME_NONE) {
        runs->first[head->order] = head->next;
    } else {
        table->frames[head->prev].next = head->next;
    }
    if (head->next != FRAME_NONE) {
        table->frames[head->next].prev = head->prev;
    }
    head->is_head = 0;
}

void frame_runs_init(struct frame_runs *runs)
{
    for (uint32_t order = 0; order < FRAME_ORDERS; order++) {
        runs->first[order] = FRAME_NONE;
    }
}

void frame_runs_put(struct frame_table *table, struct frame_runs *runs, uint32_t frame,
                    uint32_t order)
{
    const uint8_t use = table->frames[frame].use;
    while (order + 1 < FRAME_ORDERS) {
        uint32_t buddy = frame ^ (UINT32_C(1) << order);
        if (buddy < table->first || buddy + (UINT64_C(1) << order) > table->end) {
            break;
        }
        const struct frame *other = &table->frames[buddy];
        if (other->use != use || !other->is_head || other->order != order) {
            break;
        }
        run_unlink(table, runs, buddy);
        frame &= ~(UINT32_C(1) << order);
        order++;
    }
    run_push(table, runs, frame, order);
}

/* The head of the run of that use which holds the aligned piece, FRAME_NONE: none does. */
static uint32_t head_over(const struct frame_table *table, enum frame_use use, uint64_t piece,
                          uint32_t order)
{
    for (uint32_t k = order; k < FRAME_ORDERS; k++) {
        uint64_t head = piece & ~((UINT64_C(1) << k) - 1);
        if (head < table->first) {
            break;
        }
        const struct frame *frame = &table->frames[head];
        if (frame->is_head && frame->use == (uint8_t)use && frame->order >= k) {
            return (uint32_t)head;
        }
    }
    return FRAME_NONE;
}

static uint32_t any_run(const struct frame_runs *runs, uint32_t order)
{
    while (order < FRAME_ORDERS && runs->first[order] == FRAME_NONE) {
        order++;
    }
    return order == FRAME_ORDERS ? FRAME_NONE : runs->first[order];
}

/* The highest aligned piece that ends below the limit: what is below the usual limits of devices
 * stays for those that need it. */
static uint32_t piece_below(const struct frame_table *table, enum frame_use use, uint32_t order,
                            uint64_t pages, uint64_t limit)
{
    const uint64_t step = UINT64_C(1) << order;
    if (limit < table->first + pages) {
        return FRAME_NONE;
    }
    uint64_t piece = (limit - pages) & ~(step - 1);
    while (piece >= table->first) {
        if (head_over(table, use, piece, order) != FRAME_NONE) {
            return (uint32_t)piece;
        }
        piece -= step;
    }
    return FRAME_NONE;
}

/* Cuts the piece out of the run around it; the rest stays in the lists. */
static void piece_cut(struct frame_table *table, struct frame_runs *runs, uint32_t head,
                      uint32_t piece, uint32_t order)
{
    uint32_t k = table->frames[head].order;
    run_unlink(table, runs, head);
    while (k > order) {
        k--;
        uint32_t half = UINT32_C(1) << k;
        if (piece >= head + half) {
            run_push(table, runs, head, k);
            head += half;
        } else {
            run_push(table, runs, head + half, k);
        }
    }
}

uint32_t frame_runs_take(struct frame_table *table, struct frame_runs *runs, enum frame_use use,
                         uint32_t order, uint64_t pages, uint64_t limit)
{
    uint32_t piece = any_run(runs, order);
    if (piece == FRAME_NONE) {
        return FRAME_NONE;
    }
    if (limit < table->end) {
        piece = piece_below(table, use, order, pages, limit);
    }
    if (piece != FRAME_NONE) {
        piece_cut(table, runs, head_over(table, use, piece, order), piece, order);
    }
    return piece;
}

/* ---- The free ones -------------------------------------------------------------------------- */

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

/* Reaps ended spaces when there is no run. */
static uint32_t free_run_take(struct kernel *kernel, uint32_t order, uint64_t pages, uint64_t limit)
{
    struct frame_table *table = &kernel->frames;
    for (;;) {
        uint32_t frame = frame_runs_take(table, &table->free_runs, FRAME_FREE, order, pages, limit);
        if (frame != FRAME_NONE) {
            return frame;
        }
        if (list_is_empty(&kernel->graveyard) && !space_pool_shrink(kernel)) {
            return FRAME_NONE;
        }
        space_reap(kernel, STEP_PAGES);
    }
}

int64_t frame_allocate_below(struct kernel *kernel, const struct account *account, uint32_t order,
                             uint64_t pages, uint64_t limit, enum frame_use use, uint32_t *frame)
{
    struct frame_table *table = &kernel->frames;
    const uint64_t run = UINT64_C(1) << order;
    if (kernel_allocation_is_failed(kernel) || order >= FRAME_ORDERS ||
        !frame_may_take(kernel, account, run)) {
        return TR_E_NOMEM;
    }
    uint32_t first = free_run_take(kernel, order, pages, limit);
    if (first == FRAME_NONE) {
        return TR_E_NOMEM;
    }
    for (uint32_t i = 0; i < run; i++) {
        table->frames[first + i].use = (uint8_t)use;
        table->frames[first + i].count = 0;
    }
    table->free -= run;
    table->by_use[FRAME_FREE] -= run;
    table->by_use[use] += run;
    *frame = first;
    return 0;
}

int64_t frame_allocate(struct kernel *kernel, const struct account *account, uint32_t order,
                       enum frame_use use, uint32_t *frame)
{
    return frame_allocate_below(kernel, account, order, 1, UINT64_MAX, use, frame);
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
    frame_runs_put(table, &table->free_runs, frame, order);
}

void frame_setup(struct kernel *kernel, struct frame *frames, uint64_t first, uint64_t free_from,
                 uint64_t end)
{
    struct frame_table *table = &kernel->frames;
    table->frames = frames;
    table->first = first;
    table->end = end;
    frame_runs_init(&table->free_runs);
    frame_runs_init(&table->dma_runs);
    for (uint64_t f = first; f < free_from; f++) {
        frames[f].use = FRAME_KERNEL;
    }
    table->by_use[FRAME_KERNEL] = free_from - first;
    uint64_t frame = free_from;
    while (frame < end) {
        uint32_t order = frame_piece(frame, end - frame);
        run_push(table, &table->free_runs, (uint32_t)frame, order);
        frame += UINT64_C(1) << order;
    }
    table->free = end - free_from;
    table->by_use[FRAME_FREE] = table->free;
}
