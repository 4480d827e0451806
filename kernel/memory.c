/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <terrarium/error.h>

#include "frame_list.h"
#include "state.h"
#include "string.h"

static void page_free(struct kernel *kernel, struct space *space, uint64_t va)
{
    uint64_t was = space_unset(kernel, space, va);
    if (ENTRY_KIND(was) == PAGE_PRIVATE) {
        frame_free(kernel, ENTRY_FRAME(was), 0);
    }
}

void memory_give(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages)
{
    space_changed(kernel, space, va, pages);
    for (uint64_t i = 0; i < pages; i++) {
        const uint64_t *entry = space_entry(space, va + i * TR_PAGE_SIZE);
        if (entry == NULL || (*entry & ENTRY_PENDING) != 0) {
            continue;
        }
        enum page_kind kind = ENTRY_KIND(*entry);
        if (kind == PAGE_PRIVATE || kind == PAGE_DEMAND) {
            page_free(kernel, space, va + i * TR_PAGE_SIZE);
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
            memory_drop(kernel, space, va, done);
            space_unprepare(kernel, space, va, pages);
            return TR_E_NOMEM;
        }
        for (uint32_t i = 0; i < UINT32_C(1) << order; i++) {
            space_set(kernel, space, va + (done + i) * TR_PAGE_SIZE,
                      ENTRY(frame + i, PAGE_PRIVATE, 0) | ENTRY_PENDING);
        }
        done += UINT64_C(1) << order;
    }
    return 0;
}

void memory_zero(struct kernel *kernel, const struct space *space, uint64_t va, uint64_t pages)
{
    for (uint64_t i = 0; i < pages; i++) {
        const uint64_t *entry = space_entry(space, va + i * TR_PAGE_SIZE);
        memset(frame_view(kernel, ENTRY_FRAME(*entry)), 0, TR_PAGE_SIZE);
    }
}

void memory_open(struct space *space, uint64_t va, uint64_t pages, uint32_t prot)
{
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t *entry = space_entry(space, va + i * TR_PAGE_SIZE);
        *entry = ENTRY(ENTRY_FRAME(*entry), PAGE_PRIVATE, prot);
    }
}

void memory_withdraw(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages)
{
    space_changed(kernel, space, va, pages);
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t *entry = space_entry(space, va + i * TR_PAGE_SIZE);
        *entry = ENTRY_WITHDRAWN(*entry);
    }
}

void memory_drop(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages)
{
    for (uint64_t i = 0; i < pages; i++) {
        page_free(kernel, space, va + i * TR_PAGE_SIZE);
    }
}
