/* SPDX-License-Identifier: MIT */
/* Members of shared memory: who has it in its space. The pages lie in one run of addresses, which
 * is reserved at once, with entries that allow nothing; they are opened and closed in steps. */

#include <terrarium/error.h>

#include "shared.h"
#include "space_run.h"
#include "state.h"

struct shared_member *shared_member_find(struct kernel *kernel, uint64_t id,
                                         const struct process *process)
{
    const struct shared *shared = shared_find(kernel, id);
    if (shared == NULL) {
        return NULL;
    }
    struct tree_node *node = tree_find(&shared->by_pid, process->object.id);
    struct shared_member *member =
        node == NULL ? NULL : CONTAINER(node, struct shared_member, by_pid);
    return member != NULL && member->worker == NULL ? member : NULL;
}

struct shared_member *shared_member_in(struct process *process, uint64_t va, uint64_t pages)
{
    LIST_FOR (link, &process->shareds) {
        struct shared_member *member = CONTAINER(link, struct shared_member, in_process);
        if (!member->is_lender && va < member->va + member->shared->pages * TR_PAGE_SIZE &&
            member->va < va + pages * TR_PAGE_SIZE) {
            return member;
        }
    }
    return NULL;
}

uint64_t shared_pages_charged(const struct process *process)
{
    uint64_t pages = 0;
    LIST_FOR (link, &process->shareds) {
        const struct shared_member *member = CONTAINER(link, struct shared_member, in_process);
        if (member->in_shared.prev == &member->shared->members && !member->shared->is_lent) {
            pages += member->shared->pages;
        }
    }
    return pages;
}

/* ---- Coming --------------------------------------------------------------------------------- */

int64_t shared_member_make(struct kernel *kernel, struct process *process, uint64_t pages,
                           uint64_t hint, struct shared_member **made)
{
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.shared_member, process->account, &record);
    if (result < 0) {
        return result;
    }
    struct shared_member *member = record;
    member->va = space_find_free(&process->space, pages, hint);
    result =
        member->va == 0 ? TR_E_NOMEM : space_prepare(kernel, &process->space, member->va, pages);
    if (result < 0) {
        pool_give(kernel, &kernel->pools.shared_member, process->account, member);
        return result;
    }
    *made = member;
    return 0;
}

void shared_member_enter(struct kernel *kernel, struct shared *shared, struct shared_member *member,
                         struct thread *thread)
{
    struct process *process = thread->process;
    member->shared = shared;
    member->process = process;
    member->worker = thread;
    event_slot_init(&member->slot, NULL);
    list_append(&shared->members, &member->in_shared);
    list_append(&process->shareds, &member->in_process);
    tree_insert(&shared->by_pid, &member->by_pid, process->object.id);
    shared->member_count++;
    if (!member->is_lender) {
        space_set_run(kernel, &process->space, member->va, shared->pages,
                      ENTRY_UNBACKED(PAGE_SHARED, 0));
    }
}

static uint64_t step_of(uint64_t left)
{
    return left < STEP_PAGES ? left : STEP_PAGES;
}

/* A page that its lender has lost has no frame yet. */
static uint64_t shared_entry(const struct kernel *kernel, uint32_t frame, uint32_t prot)
{
    return frame == FRAME_NONE ? ENTRY_UNBACKED(PAGE_LOST, prot)
                               : entry_of_frame(kernel, frame, PAGE_SHARED, prot);
}

bool shared_member_open(struct kernel *kernel, struct shared_member *member, uint32_t prot)
{
    const struct shared *shared = member->shared;
    uint64_t part = step_of(shared->pages - member->open);
    uint64_t va = member->va + member->open * TR_PAGE_SIZE;
    for (uint64_t i = 0; i < part; i++) {
        *space_entry(&member->process->space, va + i * TR_PAGE_SIZE) =
            shared_entry(kernel, shared->frames[member->open + i], prot);
    }
    tool(kernel, HAL_TOOL_MAPPED, (const void *)(uintptr_t)va, NULL, part * TR_PAGE_SIZE);
    member->open += part;
    return member->open == shared->pages;
}

void shared_member_is_whole(struct shared_member *member, uint32_t prot)
{
    member->prot = prot;
    member->has_joined = true;
    member->worker = NULL;
}

/* ---- Going ---------------------------------------------------------------------------------- */

/* Closes at most STEP_PAGES pages from the last on. True: none is open any more. */
static bool member_close(struct kernel *kernel, struct shared_member *member)
{
    struct space *space = &member->process->space;
    uint64_t part = step_of(member->open);
    if (part == 0) {
        return true;
    }
    member->open -= part;
    uint64_t va = member->va + member->open * TR_PAGE_SIZE;
    for (uint64_t i = 0; i < part; i++) {
        *space_entry(space, va + i * TR_PAGE_SIZE) = ENTRY_UNBACKED(PAGE_SHARED, 0);
    }
    space_changed(kernel, space, va, part);
    return member->open == 0;
}

/* The space of a process that ends goes as a whole, with all its entries. */
static void member_unmap(struct kernel *kernel, const struct shared_member *member)
{
    struct space *space = &member->process->space;
    if (member->process->is_ending || member->is_lender) {
        return;
    }
    if (member->open > 0) {
        space_changed(kernel, space, member->va, member->open);
    }
    space_unset_run(kernel, space, member->va, member->shared->pages);
}

uint64_t shared_members(const struct shared *shared)
{
    uint64_t count = 0;
    LIST_FOR (link, &shared->members) {
        count += CONTAINER(link, struct shared_member, in_shared)->has_joined;
    }
    return count;
}

static void announce_leave(struct kernel *kernel, struct shared *shared,
                           const struct process *process, bool has_died)
{
    const struct tr_event left = {.kind = TR_EVENT_SHARED_RELEASED,
                                  .flags = has_died ? TR_EVENT_DIED : 0,
                                  .object = shared->object.id,
                                  .source_pid = process->object.id,
                                  .source_class = process->process_class,
                                  .count = 1,
                                  .size = shared_members(shared)};
    LIST_FOR (link, &shared->members) {
        struct shared_member *member = CONTAINER(link, struct shared_member, in_shared);
        if (member->has_joined) {
            event_raise(kernel, member->process, &member->slot, &left);
        }
    }
}

void shared_leave(struct kernel *kernel, struct shared_member *member, bool has_died)
{
    struct shared *shared = member->shared;
    struct process *process = member->process;
    bool is_announced = member->has_joined;
    member_unmap(kernel, member);
    event_cancel(&member->slot);
    list_remove(&member->in_shared);
    list_remove(&member->in_process);
    tree_remove(&shared->by_pid, &member->by_pid);
    shared->member_count--;
    pool_give(kernel, &kernel->pools.shared_member, process->account, member);
    if (shared->member_count == 0) {
        list_remove(&shared->all);
        object_leave(kernel, &shared->object);
        shared_free(kernel, shared);
        return;
    }
    shared_recharge(kernel, shared);
    if (is_announced) {
        announce_leave(kernel, shared, process, has_died);
    }
}

bool shared_leave_step(struct kernel *kernel, struct shared_member *member, struct thread *thread)
{
    struct shared *shared = member->shared;
    member->worker = thread;
    member->prot = 0;
    if (!member_close(kernel, member)) {
        return false;
    }
    if (shared->member_count == 1) {
        shared->is_ready = false;
        if (!shared_give(kernel, shared, STEP_PAGES)) {
            return false;
        }
    }
    shared_leave(kernel, member, false);
    return true;
}

void shared_abort(struct kernel *kernel, struct thread *thread)
{
    LIST_FOR_SAFE (link, &thread->process->shareds) {
        struct shared_member *member = CONTAINER(link, struct shared_member, in_process);
        if (member->worker == thread) {
            shared_leave(kernel, member, thread->process->is_ending);
        }
    }
}

void shared_end_all(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->shareds)) {
        shared_leave(kernel, CONTAINER(process->shareds.next, struct shared_member, in_process),
                     true);
    }
}
