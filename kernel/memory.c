/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <terrarium/error.h>

#include "frame_list.h"
#include "state.h"
#include "string.h"

void memory_give(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages)
{
    space_changed(kernel, space, va, pages);
    for (uint64_t i = 0; i < pages; i++) {
        const uint64_t *entry = space_entry(space, va + i * TR_PAGE_SIZE);
        if (entry == NULL || *entry == 0) {
            continue;
        }
        enum page_kind kind = ENTRY_KIND(*entry);
        if (kind != PAGE_PRIVATE && kind != PAGE_DEMAND && kind != PAGE_GUARD) {
            continue;
        }
        uint64_t was = space_unset(kernel, space, va + i * TR_PAGE_SIZE);
        if (kind == PAGE_PRIVATE) {
            frame_free(kernel, ENTRY_FRAME(was), 0);
        }
    }
}

int64_t memory_take(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages)
{
    if (!frame_may_take(kernel, space->account, pages) ||
        space_prepare(kernel, space, va, pages) < 0) {
        return TR_E_NOMEM;
    }
    uint32_t order = FRAME_ORDERS - 1;
    uint64_t done = 0;
    while (done < pages) {
        uint32_t frame;
        if (frame_run_take(kernel, space->account, FRAME_USER, pages - done, &order, &frame) < 0) {
            memory_give(kernel, space, va, done);
            space_unprepare(kernel, space, va, pages);
            return TR_E_NOMEM;
        }
        for (uint32_t i = 0; i < UINT32_C(1) << order; i++) {
            space_set(kernel, space, va + (done + i) * TR_PAGE_SIZE,
                      ENTRY(frame + i, PAGE_PRIVATE, 0) | ENTRY_FRESH);
        }
        done += UINT64_C(1) << order;
    }
    return 0;
}

void memory_open(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages,
                 uint32_t prot)
{
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t *entry = space_entry(space, va + i * TR_PAGE_SIZE);
        if (entry == NULL || (*entry & ENTRY_FRESH) == 0) {
            continue; /* another thread has released it meanwhile */
        }
        memset(frame_view(kernel, ENTRY_FRAME(*entry)), 0, TR_PAGE_SIZE);
        *entry = ENTRY(ENTRY_FRAME(*entry), PAGE_PRIVATE, prot);
    }
}
