/* SPDX-License-Identifier: MIT */
/* Frames that devices reach. Once a frame has been given to a device it never becomes ordinary
 * memory again: it lies in a map of a driver or in the DMA pool.
 *
 * Invariant: by_use[FRAME_DMA] is the pages of all DMA maps plus dma_idle. */

#include <terrarium/error.h>

#include "physical.h"
#include "state.h"

/* All of [frame, end) in the largest pieces. */
static void pool_put(struct frame_table *table, uint64_t frame, uint64_t end)
{
    table->dma_idle += end - frame;
    while (frame < end) {
        uint32_t order = frame_piece(frame, end - frame);
        frame_runs_put(table, &table->dma_runs, (uint32_t)frame, order);
        frame += UINT64_C(1) << order;
    }
}

/* Frames no device has seen yet go back to everybody. */
static void free_put(struct kernel *kernel, uint64_t frame, uint64_t end)
{
    while (frame < end) {
        uint32_t order = frame_piece(frame, end - frame);
        frame_free(kernel, (uint32_t)frame, order);
        frame += UINT64_C(1) << order;
    }
}

int64_t dma_take(struct kernel *kernel, struct process *process, uint64_t pages, uint64_t limit,
                 uint32_t order, uint32_t *frame)
{
    struct frame_table *table = &kernel->frames;
    if (pages > UINT64_C(1) << (FRAME_ORDERS - 1)) {
        return TR_E_NOMEM;
    }
    uint32_t run = frame_order(pages);
    run = run < order ? order : run;
    *frame = frame_runs_take(table, &table->dma_runs, FRAME_DMA, run, pages, limit);
    if (*frame != FRAME_NONE) {
        table->dma_idle -= UINT64_C(1) << run;
        pool_put(table, *frame + pages, *frame + (UINT64_C(1) << run));
        return 0;
    }
    int64_t result =
        frame_allocate_below(kernel, process->account, run, pages, limit, FRAME_DMA, frame);
    if (result == 0) {
        free_put(kernel, *frame + pages, *frame + (UINT64_C(1) << run));
    }
    return result;
}

void dma_give(struct kernel *kernel, uint32_t frame, uint64_t pages)
{
    hal_dma_allow(kernel->machine, frame, pages, false);
    pool_put(&kernel->frames, frame, frame + pages);
}
