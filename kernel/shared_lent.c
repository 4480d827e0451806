/* SPDX-License-Identifier: MIT */
/* Shared memory over a map of a driver (TR_SHARED_FROM): a frame buffer, say. The frames are the
 * map's. A page that the driver loses becomes a page of zeros, the same one for all members, taken
 * when it is first touched: until then frames[i] is FRAME_NONE and the entries are PAGE_LOST.
 *
 * The lender is a member without pages: it goes on using its map. */

#include "shared_lent.h"

#include "shared.h"
#include "state.h"
#include "string.h"

/* Pages that the member has not opened yet are looked up when it does. */
static void member_lose(struct kernel *kernel, const struct shared_member *member, uint64_t first,
                        uint64_t end)
{
    end = end < member->open ? end : member->open;
    if (member->is_lender || first >= end) {
        return;
    }
    struct space *space = &member->process->space;
    uint64_t va = member->va + first * TR_PAGE_SIZE;
    for (uint64_t i = 0; i < end - first; i++) {
        uint64_t *entry = space_entry(space, va + i * TR_PAGE_SIZE);
        *entry = ENTRY_UNBACKED(PAGE_LOST, ENTRY_GRANTED(*entry));
    }
    space_changed(kernel, space, va, end - first);
}

static void pages_lose(struct kernel *kernel, struct shared *shared, uint64_t first, uint64_t end)
{
    for (uint64_t i = first; i < end; i++) {
        shared->frames[i] = FRAME_NONE;
    }
    LIST_FOR (link, &shared->members) {
        member_lose(kernel, CONTAINER(link, struct shared_member, in_shared), first, end);
    }
}

void shared_lender_lost(struct kernel *kernel, struct process *process, uint64_t va, uint64_t pages)
{
    uint64_t end = va + pages * TR_PAGE_SIZE;
    LIST_FOR (link, &process->lent) {
        struct shared *shared = CONTAINER(link, struct shared, lent);
        uint64_t from = shared->lent_va;
        uint64_t to = from + shared->pages * TR_PAGE_SIZE;
        if (va < to && from < end) {
            uint64_t first = va > from ? (va - from) / TR_PAGE_SIZE : 0;
            uint64_t last = end < to ? (end - from) / TR_PAGE_SIZE : shared->pages;
            pages_lose(kernel, shared, first, last);
        }
    }
}

void shared_lender_ended(struct process *process)
{
    while (!list_is_empty(&process->lent)) {
        struct shared *shared = CONTAINER(process->lent.next, struct shared, lent);
        list_remove(&shared->lent);
        shared->lender = NULL;
    }
}

int64_t shared_back_lost(struct kernel *kernel, struct space *space, uint64_t va)
{
    struct process *process = CONTAINER(space, struct process, space);
    const struct shared_member *here = shared_member_at(process, va);
    struct shared *shared = here->shared;
    uint64_t page = (va - here->va) / TR_PAGE_SIZE;
    uint32_t frame;
    int64_t result = frame_allocate(kernel, shared->account, 0, FRAME_SHARED, &frame);
    if (result < 0) {
        return result;
    }
    memset(frame_view(kernel, frame), 0, TR_PAGE_SIZE);
    shared->frames[page] = frame;
    LIST_FOR (link, &shared->members) {
        const struct shared_member *member = CONTAINER(link, struct shared_member, in_shared);
        if (!member->is_lender && page < member->open) {
            uint64_t at = member->va + page * TR_PAGE_SIZE;
            uint64_t *entry = space_entry(&member->process->space, at);
            *entry = ENTRY(frame, PAGE_SHARED, ENTRY_GRANTED(*entry));
            tool(kernel, HAL_TOOL_MAPPED, (const void *)(uintptr_t)at, NULL, TR_PAGE_SIZE);
        }
    }
    return 0;
}
