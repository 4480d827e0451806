/* SPDX-License-Identifier: MIT */
/* Shared memory over a map of a driver (TR_SHARED_FROM): a frame buffer, say. The frames are the
 * map's. A page that the driver loses becomes a page of zeros, the same one for all members, taken
 * when it is first touched: until then frames[i] is FRAME_NONE and the entries are PAGE_LOST.
 *
 * The lender is a member without pages: it goes on using its map. */

#include "shared_lent.h"

#include <terrarium/error.h>

#include "copy.h"
#include "physical.h"
#include "shared.h"
#include "state.h"
#include "string.h"

/* A frame taken for a lost page; the others are the map's, or FRAME_NONE. */
static bool is_own(const struct kernel *kernel, uint32_t frame)
{
    const struct frame_table *table = &kernel->frames;
    return frame >= table->first && frame < table->end && table->frames[frame].use == FRAME_SHARED;
}

void shared_lent_give(struct kernel *kernel, const uint32_t *frames, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (is_own(kernel, frames[i])) {
            frame_free(kernel, frames[i], 0);
        }
    }
}

/* ---- Losing --------------------------------------------------------------------------------- */

/* Pages that the member has not opened yet are looked up when it does. */
static void member_lose(struct kernel *kernel, const struct shared_member *member, uint64_t first,
                        uint64_t end)
{
    const uint32_t *frames = member->shared->frames;
    end = end < member->open ? end : member->open;
    if (member->is_lender || first >= end) {
        return;
    }
    struct space *space = &member->process->space;
    uint64_t va = member->va + first * TR_PAGE_SIZE;
    for (uint64_t i = 0; i < end - first; i++) {
        uint64_t *entry = space_entry(space, va + i * TR_PAGE_SIZE);
        if (frames[first + i] == FRAME_NONE) {
            *entry = ENTRY_UNBACKED(PAGE_LOST, ENTRY_GRANTED(*entry));
        }
    }
    space_changed(kernel, space, va, end - first);
}

static void pages_lose(struct kernel *kernel, struct shared *shared, uint64_t first, uint64_t end)
{
    for (uint64_t i = first; i < end; i++) {
        if (!is_own(kernel, shared->frames[i])) {
            shared->frames[i] = FRAME_NONE;
        }
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

/* ---- Lending -------------------------------------------------------------------------------- */

/* The map that has all these pages: 0 or an error. */
static int64_t find_map(const struct process *process, uint64_t va, uint64_t pages, uint32_t prot,
                        const struct physical_map **found)
{
    if ((va & (TR_PAGE_SIZE - 1)) != 0) {
        return TR_E_INVAL;
    }
    const struct physical_map *map = physical_map_at(process, va);
    if (map == NULL || map->worker != NULL || pages > map->pages - (va - map->va) / TR_PAGE_SIZE) {
        return TR_E_NOENT;
    }
    *found = map;
    return (prot & ~map->prot) != 0 ? TR_E_PERM : 0;
}

static void lend(struct kernel *kernel, struct shared *shared, struct process *process, uint64_t va)
{
    shared->lender = process;
    shared->lent_va = va;
    list_append(&process->lent, &shared->lent);
    object_enter(kernel, &shared->object, OBJECT_SHARED);
    list_append(&kernel->shareds, &shared->all);
    shared->creator = process->object.id;
    shared->key = random_key(&kernel->keys);
    shared->is_ready = true;
}

int64_t shared_create_from(struct kernel *kernel, uint64_t pages, uint32_t prot_for_others,
                           uint64_t key, uint64_t va)
{
    struct thread *thread = kernel->cpu.current;
    struct process *process = thread->process;
    const struct physical_map *map = NULL;
    struct shared *shared;
    uint64_t at;
    void *record;
    int64_t result = copy_in(kernel, process, &at, va, sizeof(at));
    if (result == 0) {
        result = find_map(process, at, pages, prot_for_others, &map);
    }
    if (result < 0) {
        return result;
    }
    uint32_t first = map->frame + (uint32_t)((at - map->va) / TR_PAGE_SIZE);
    result = shared_make_over(kernel, process->account, pages, first, &shared);
    if (result < 0) {
        return result;
    }
    result = pool_take(kernel, &kernel->pools.shared_member, process->account, &record);
    if (result < 0) {
        shared_free(kernel, shared);
        return result;
    }
    struct shared_member *member = record;
    member->is_lender = true;
    member->va = at;
    shared->granted = prot_for_others;
    lend(kernel, shared, process, at);
    shared_member_enter(kernel, shared, member, thread);
    shared_member_is_whole(member, TR_READ | TR_WRITE);
    (void)copy_out(kernel, process, key, &shared->key, sizeof(shared->key));
    return (int64_t)shared->object.id;
}
