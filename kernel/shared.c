/* SPDX-License-Identifier: MIT */
/* Shared memory. The frames are taken at creation and belong to the object until its last member
 * leaves; members' tables only name them (PAGE_SHARED). The pages lie in one run of addresses in
 * each member's space.
 *
 * Creation reserves everything at once and then clears in steps of 256 pages: until it is over the
 * pages allow nothing and no call finds the object; its creator's end, or the end of the creating
 * thread, takes it back like any other. */

#include "shared.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "state.h"
#include "string.h"

#define PROT_ALL (TR_READ | TR_WRITE | TR_EXECUTE)

/* ---- Frames --------------------------------------------------------------------------------- */

/* The order of the largest aligned run of successive frames that begins here. */
static uint32_t run_order(const uint32_t *frames, uint64_t count)
{
    uint32_t order = 0;
    while (order + 1 < FRAME_ORDERS) {
        uint64_t half = UINT64_C(1) << order;
        if (2 * half > count || (frames[0] & (2 * half - 1)) != 0) {
            break;
        }
        for (uint64_t i = half; i < 2 * half; i++) {
            if (frames[i] != frames[0] + i) {
                return order;
            }
        }
        order++;
    }
    return order;
}

static void frames_give(struct kernel *kernel, const uint32_t *frames, uint64_t count)
{
    uint64_t done = 0;
    while (done < count) {
        uint32_t order = run_order(frames + done, count - done);
        uint32_t frame = frames[done];
        done += UINT64_C(1) << order;
        frame_free(kernel, frame, order);
    }
}

/* Takes them in runs as large as there are. */
static int64_t frames_take(struct kernel *kernel, struct shared *shared)
{
    uint32_t order = FRAME_ORDERS - 1;
    uint64_t done = 0;
    while (done < shared->pages) {
        uint32_t frame;
        while ((UINT64_C(1) << order) > shared->pages - done) {
            order--;
        }
        if (frame_allocate(kernel, shared->account, order, FRAME_SHARED, &frame) == 0) {
            for (uint32_t i = 0; i < UINT32_C(1) << order; i++) {
                shared->frames[done++] = frame + i;
            }
        } else if (order > 0) {
            order--;
        } else {
            frames_give(kernel, shared->frames, done);
            return TR_E_NOMEM;
        }
    }
    return 0;
}

/* ---- The object ----------------------------------------------------------------------------- */

static uint64_t index_bytes(const struct shared *shared)
{
    return UINT64_C(TR_PAGE_SIZE) << shared->frames_order;
}

static int64_t index_make(struct kernel *kernel, struct shared *shared)
{
    uint32_t frame;
    uint64_t bytes = shared->pages * sizeof(uint32_t);
    shared->frames_order = frame_order((bytes + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE);
    if (!account_may_charge(kernel, shared->account, index_bytes(shared))) {
        return TR_E_LIMIT;
    }
    int64_t result =
        frame_allocate(kernel, shared->account, shared->frames_order, FRAME_KERNEL, &frame);
    if (result == 0) {
        account_charge(shared->account, index_bytes(shared));
        shared->frames = frame_view(kernel, frame);
    }
    return result;
}

static void index_free(struct kernel *kernel, struct shared *shared)
{
    frame_free(kernel, frame_of(kernel, shared->frames), shared->frames_order);
    account_release(kernel, shared->account, index_bytes(shared));
}

/* The record with its frames, without members. */
static int64_t shared_make(struct kernel *kernel, struct account *account, uint64_t pages,
                           struct shared **made)
{
    void *record;
    if (!frame_may_take(kernel, account, pages)) {
        return TR_E_NOMEM;
    }
    int64_t result = pool_take(kernel, &kernel->pools.shared, account, &record);
    if (result < 0) {
        return result;
    }
    struct shared *shared = record;
    shared->account = account;
    shared->pages = pages;
    list_init(&shared->members);
    result = index_make(kernel, shared);
    if (result == 0) {
        result = frames_take(kernel, shared);
        if (result < 0) {
            index_free(kernel, shared);
        }
    }
    if (result < 0) {
        pool_give(kernel, &kernel->pools.shared, account, shared);
        return result;
    }
    *made = shared;
    return 0;
}

static void shared_free(struct kernel *kernel, struct shared *shared)
{
    frames_give(kernel, shared->frames, shared->pages);
    index_free(kernel, shared);
    pool_give(kernel, &kernel->pools.shared, shared->account, shared);
}

/* The oldest member pays. It may exceed its quota by that: leaving cannot fail. */
static void shared_recharge(struct kernel *kernel, struct shared *shared)
{
    const struct shared_member *oldest =
        CONTAINER(shared->members.next, struct shared_member, in_shared);
    struct account *before = shared->account;
    struct account *account = oldest->process->account;
    if (account == before) {
        return;
    }
    account_charge(account, index_bytes(shared));
    account_charge(account, kernel->pools.shared.size);
    shared->account = account;
    account_release(kernel, before, index_bytes(shared));
    account_release(kernel, before, kernel->pools.shared.size);
}

static struct shared *shared_find(struct kernel *kernel, uint64_t id)
{
    struct object *object = object_find(kernel, OBJECT_SHARED, id);
    return object == NULL ? NULL : CONTAINER(object, struct shared, object);
}

/* ---- Members -------------------------------------------------------------------------------- */

/* NULL: no such memory, not a member, or still being made. */
static struct shared_member *member_find(struct kernel *kernel, uint64_t id,
                                         const struct process *process)
{
    const struct shared *shared = shared_find(kernel, id);
    if (shared == NULL || shared->made < shared->pages) {
        return NULL;
    }
    struct tree_node *node = tree_find(&shared->by_pid, process->object.id);
    return node == NULL ? NULL : CONTAINER(node, struct shared_member, by_pid);
}

struct shared_member *shared_member_at(struct process *process, uint64_t va)
{
    LIST_FOR (link, &process->shareds) {
        struct shared_member *member = CONTAINER(link, struct shared_member, in_process);
        if (va - member->va < member->shared->pages * TR_PAGE_SIZE) {
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
        if (member->in_shared.prev == &member->shared->members) {
            pages += member->shared->pages;
        }
    }
    return pages;
}

/* A record, and a place in the process's space with its tables. */
static int64_t member_make(struct kernel *kernel, struct process *process, uint64_t pages,
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

/* Fills the prepared pages so that they allow `prot`, and makes it known. */
static void member_enter(struct kernel *kernel, struct shared *shared, struct shared_member *member,
                         struct process *process, uint32_t prot)
{
    member->shared = shared;
    member->process = process;
    member->prot = prot;
    event_slot_init(&member->slot, NULL);
    list_append(&shared->members, &member->in_shared);
    list_append(&process->shareds, &member->in_process);
    tree_insert(&shared->by_pid, &member->by_pid, process->object.id);
    shared->member_count++;
    for (uint64_t i = 0; i < shared->pages; i++) {
        space_set(kernel, &process->space, member->va + i * TR_PAGE_SIZE,
                  ENTRY(shared->frames[i], PAGE_SHARED, prot));
    }
}

static void member_unmap(struct kernel *kernel, const struct shared_member *member)
{
    struct space *space = &member->process->space;
    uint64_t pages = member->shared->pages;
    for (uint64_t i = 0; i < pages; i++) {
        (void)space_unset(kernel, space, member->va + i * TR_PAGE_SIZE);
    }
    space_changed(kernel, space, member->va, pages);
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
                                  .size = shared->member_count};
    LIST_FOR (link, &shared->members) {
        struct shared_member *member = CONTAINER(link, struct shared_member, in_shared);
        event_raise(kernel, member->process, &member->slot, &left);
    }
}

void shared_leave(struct kernel *kernel, struct shared_member *member, bool has_died)
{
    struct shared *shared = member->shared;
    struct process *process = member->process;
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
    announce_leave(kernel, shared, process, has_died);
}

void shared_end_all(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->shareds)) {
        shared_leave(kernel, CONTAINER(process->shareds.next, struct shared_member, in_process),
                     true);
    }
}

/* ---- Creation ------------------------------------------------------------------------------- */

/* What a creation in steps keeps in thread->work.words. */
enum { WORK_ID, WORK_KEY, WORK_VA };

static bool prot_is_valid(uint32_t prot)
{
    return (prot & ~PROT_ALL) == 0 && ((prot & TR_WRITE) == 0 || (prot & TR_READ) != 0);
}

static bool prot_is_forbidden(uint32_t prot)
{
    return (prot & (TR_WRITE | TR_EXECUTE)) == (TR_WRITE | TR_EXECUTE);
}

/* The only member of a memory that is being made; NULL if that has been taken back meanwhile. */
static struct shared_member *member_of_work(struct kernel *kernel, const struct thread *thread)
{
    const struct shared *shared = shared_find(kernel, thread->work.words[WORK_ID]);
    return shared == NULL ? NULL : CONTAINER(shared->members.next, struct shared_member, in_shared);
}

static void clear_pages(struct kernel *kernel, const struct shared_member *member, uint64_t most)
{
    struct shared *shared = member->shared;
    for (uint64_t i = 0; i < most && shared->made < shared->pages; i++) {
        uint32_t frame = shared->frames[shared->made];
        uint64_t va = member->va + shared->made * TR_PAGE_SIZE;
        memset(frame_view(kernel, frame), 0, TR_PAGE_SIZE);
        *space_entry(&member->process->space, va) = ENTRY(frame, PAGE_SHARED, TR_READ | TR_WRITE);
        shared->made++;
    }
}

static int64_t create_step(struct kernel *kernel, struct thread *thread)
{
    struct shared_member *member = member_of_work(kernel, thread);
    if (member == NULL) {
        return TR_E_NOENT;
    }
    struct shared *shared = member->shared;
    clear_pages(kernel, member, STEP_PAGES);
    if (shared->made < shared->pages) {
        return CALL_LATER;
    }
    member->prot = TR_READ | TR_WRITE;
    int64_t result = copy_out(kernel, thread->process, thread->work.words[WORK_VA], &member->va,
                              sizeof(member->va));
    if (result == 0) {
        result = copy_out(kernel, thread->process, thread->work.words[WORK_KEY], &shared->key,
                          sizeof(shared->key));
    }
    if (result < 0) {
        shared_leave(kernel, member, false);
        return result;
    }
    return (int64_t)shared->object.id;
}

static void create_abort(struct kernel *kernel, struct thread *thread)
{
    struct shared_member *member = member_of_work(kernel, thread);
    if (member != NULL) {
        shared_leave(kernel, member, true);
    }
}

static int64_t check_create(struct kernel *kernel, uint64_t pages, uint32_t prot, uint32_t flags,
                            uint64_t key, uint64_t va)
{
    if (pages == 0 || !prot_is_valid(prot) || (flags & ~(TR_SHARED_LAZY | TR_SHARED_FROM)) != 0) {
        return TR_E_INVAL;
    }
    struct process *process = kernel_caller(kernel);
    int64_t result = copy_check(kernel, process, key, sizeof(uint64_t), TR_WRITE);
    if (result == 0) {
        result = copy_check(kernel, process, va, sizeof(uint64_t), TR_WRITE);
    }
    if (result == 0 && prot_is_forbidden(prot)) {
        result = TR_E_PERM;
    }
    return result == 0 && flags != 0 ? TR_E_NOSYS : result;
}

int64_t call_shared_create(struct kernel *kernel, uint64_t pages, uint32_t prot_for_others,
                           uint32_t flags, uint64_t key, uint64_t va)
{
    struct thread *thread = kernel->cpu.current;
    struct process *process = thread->process;
    struct shared *shared = NULL;
    struct shared_member *member;
    int64_t result = check_create(kernel, pages, prot_for_others, flags, key, va);
    if (result == 0) {
        result = shared_make(kernel, process->account, pages, &shared);
    }
    if (result < 0) {
        return result;
    }
    result = member_make(kernel, process, pages, 0, &member);
    if (result < 0) {
        shared_free(kernel, shared);
        return result;
    }
    object_enter(kernel, &shared->object, OBJECT_SHARED);
    list_append(&kernel->shareds, &shared->all);
    shared->granted = prot_for_others;
    shared->creator = process->object.id;
    shared->key = random_key(&kernel->keys);
    member_enter(kernel, shared, member, process, 0);
    thread->work.words[WORK_ID] = shared->object.id;
    thread->work.words[WORK_KEY] = key;
    thread->work.words[WORK_VA] = va;
    result = create_step(kernel, thread);
    if (result == CALL_LATER) {
        thread->step = create_step;
        thread->step_abort = create_abort;
    }
    return result;
}

/* ---- The other calls ------------------------------------------------------------------------ */

/* Whether a join with the right key may have these rights. */
static int64_t check_join(const struct shared *shared, const struct process *process, uint32_t prot)
{
    bool is_unsealed_text = (prot & TR_EXECUTE) != 0 && !shared->is_sealed;
    if ((prot & ~shared->granted) != 0 || is_unsealed_text) {
        return TR_E_PERM;
    }
    return tree_find(&shared->by_pid, process->object.id) != NULL ? TR_E_EXIST : 0;
}

int64_t call_shared_join(struct kernel *kernel, uint64_t id, uint64_t key, uint64_t hint,
                         uint32_t prot, uint64_t va)
{
    struct process *process = kernel_caller(kernel);
    if ((hint & (TR_PAGE_SIZE - 1)) != 0 || !prot_is_valid(prot)) {
        return TR_E_INVAL;
    }
    int64_t result = copy_check(kernel, process, va, sizeof(uint64_t), TR_WRITE);
    if (result == 0) {
        result = join_may_try(kernel);
    }
    if (result < 0) {
        return result;
    }
    struct shared *shared = shared_find(kernel, id);
    if (shared == NULL || shared->key != key || shared->made < shared->pages) {
        return join_refused(kernel);
    }
    struct shared_member *member;
    result = check_join(shared, process, prot);
    if (result == 0) {
        result = member_make(kernel, process, shared->pages, hint, &member);
    }
    if (result < 0) {
        return result;
    }
    member_enter(kernel, shared, member, process, prot);
    process->wrong_joins = 0;
    (void)copy_out(kernel, process, va, &member->va, sizeof(member->va));
    return (int64_t)shared->pages;
}

int64_t call_shared_info(struct kernel *kernel, uint64_t id, uint64_t info)
{
    struct process *process = kernel_caller(kernel);
    int64_t result = copy_check(kernel, process, info, sizeof(struct tr_shared_info), TR_WRITE);
    if (result < 0) {
        return result;
    }
    const struct shared_member *member = member_find(kernel, id, process);
    if (member == NULL) {
        return TR_E_NOENT;
    }
    const struct tr_shared_info facts = {.pages = member->shared->pages,
                                         .members = member->shared->member_count,
                                         .prot = member->shared->granted};
    return copy_out(kernel, process, info, &facts, sizeof(facts));
}

int64_t call_shared_release(struct kernel *kernel, uint64_t id)
{
    struct shared_member *member = member_find(kernel, id, kernel_caller(kernel));
    if (member == NULL) {
        return TR_E_NOENT;
    }
    shared_leave(kernel, member, false);
    return 0;
}

static void member_seal(struct kernel *kernel, struct shared_member *member)
{
    struct space *space = &member->process->space;
    uint64_t pages = member->shared->pages;
    const uint64_t write = ENTRY(0, PAGE_NONE, TR_WRITE);
    for (uint64_t i = 0; i < pages; i++) {
        *space_entry(space, member->va + i * TR_PAGE_SIZE) &= ~write;
    }
    member->prot &= ~TR_WRITE;
    space_changed(kernel, space, member->va, pages);
}

int64_t call_shared_seal(struct kernel *kernel, uint64_t id)
{
    struct process *process = kernel_caller(kernel);
    struct shared_member *own = member_find(kernel, id, process);
    if (own == NULL) {
        return TR_E_NOENT;
    }
    struct shared *shared = own->shared;
    if (shared->creator != process->object.id) {
        return TR_E_PERM;
    }
    if (shared->is_sealed) {
        return TR_E_EXIST;
    }
    LIST_FOR (link, &shared->members) {
        member_seal(kernel, CONTAINER(link, struct shared_member, in_shared));
    }
    shared->is_sealed = true;
    shared->granted &= ~TR_WRITE;
    own->prot |= TR_EXECUTE;
    return 0;
}

/* Lazy memory does not exist yet, so none can be supplied. */
int64_t call_shared_supply(struct kernel *kernel, uint64_t id, uint64_t page, uint64_t src_va)
{
    (void)kernel;
    (void)id;
    (void)page;
    (void)src_va;
    return TR_E_NOSYS;
}
