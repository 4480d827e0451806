/* SPDX-License-Identifier: MIT */
/* Frames that devices reach. Once a frame has been given to a device it never becomes ordinary
 * memory again: it lies in a map of a driver (FRAME_DMA) or is idle (FRAME_DMA_IDLE).
 *
 * A new map lies over idle frames if it can. Else the pool grows by the next power of two, so that
 * sizes that come and go in any order, each a little larger, do not eat up the memory of others. */

#include <terrarium/error.h>

#include "physical.h"
#include "state.h"

/* Successive frames, and how many of them are free yet. */
struct span {
    uint64_t first, missing;
};

/* The span with the fewest free frames, the highest of these: what is below the usual limits of
 * devices stays for those that need it. Goes down from the limit; `run` is how many frames from
 * here up may be had, `missing` how many of them are free. False: no such span. */
static bool span_find(const struct frame_table *table, uint64_t pages, uint64_t limit,
                      uint64_t align, struct span *found)
{
    const uint64_t idle = table->by_use[FRAME_DMA_IDLE];
    const uint64_t least = idle < pages ? pages - idle : 0;
    uint64_t run = 0;
    uint64_t missing = 0;
    found->missing = UINT64_MAX;
    uint64_t frame = limit < table->end ? limit : table->end;
    while (frame > table->first && found->missing > least) {
        frame--;
        uint8_t use = table->frames[frame].use;
        if (use != FRAME_FREE && use != FRAME_DMA_IDLE) {
            run = 0;
            missing = 0;
            continue;
        }
        run++;
        missing += use == FRAME_FREE;
        if (run > pages) {
            run--;
            missing -= table->frames[frame + pages].use == FRAME_FREE;
        }
        if (run == pages && (frame & (align - 1)) == 0 && missing < found->missing) {
            *found = (struct span){frame, missing};
        }
    }
    return found->missing != UINT64_MAX;
}

/* Makes a span of that size idle. False: there is none, or it would take too much. */
static bool grow(struct kernel *kernel, const struct account *account, uint64_t pages,
                 uint64_t limit, uint64_t align)
{
    struct span span;
    if (!span_find(&kernel->frames, pages, limit, align, &span) ||
        !frame_may_take(kernel, account, span.missing)) {
        return false;
    }
    for (uint64_t frame = span.first; frame < span.first + pages; frame++) {
        if (kernel->frames.frames[frame].use == FRAME_FREE) {
            frame_take(kernel, frame, 1, FRAME_DMA_IDLE);
        }
    }
    return true;
}

int64_t dma_take(struct kernel *kernel, struct process *process, uint64_t pages, uint64_t limit,
                 uint64_t align, uint32_t *frame)
{
    struct span span;
    if (kernel_allocation_is_failed(kernel) || pages > DMA_PAGES_MOST) {
        return TR_E_NOMEM;
    }
    const uint64_t whole = UINT64_C(1) << frame_order(pages);
    const uint64_t whole_align = whole > align ? whole : align;
    while (!span_find(&kernel->frames, pages, limit, align, &span) || span.missing > 0) {
        if (!grow(kernel, process->account, whole, limit, whole_align) &&
            !grow(kernel, process->account, pages, limit, align) && !frame_reclaim(kernel)) {
            return TR_E_NOMEM;
        }
    }
    frame_set_use(kernel, span.first, pages, FRAME_DMA);
    *frame = (uint32_t)span.first;
    return 0;
}

void dma_give(struct kernel *kernel, uint32_t frame, uint64_t pages)
{
    hal_dma_allow(kernel->machine, frame, pages, false);
    frame_set_use(kernel, frame, pages, FRAME_DMA_IDLE);
}
