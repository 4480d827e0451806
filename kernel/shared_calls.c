/* SPDX-License-Identifier: MIT */
/* The calls of shared memory. Each reserves all it needs at once and then works in steps of 256
 * pages. Until a creation or a join is over, its pages allow nothing and no call finds the
 * membership; if the thread ends, or the memory is cleared away under it, it has never been. */

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "join.h"
#include "shared.h"
#include "shared_lent.h"
#include "state.h"
#include "string.h"

#define PROT_ALL (TR_READ | TR_WRITE | TR_EXECUTE)

/* ---- Steps ---------------------------------------------------------------------------------- */

/* What a call in steps keeps in thread->work.words: an id, and what it needs. */
enum { WORK_ID, WORK_VA, WORK_KEY, WORK_PROT = WORK_KEY, WORK_PID = WORK_VA, WORK_PAGE = WORK_KEY };

/* Does the first step of the running thread's call. */
static int64_t work_begin(struct kernel *kernel, uint64_t id, uint64_t first, uint64_t second,
                          thread_step *step, thread_step_abort *step_abort)
{
    uint64_t *words = kernel->cpu.current->work.words;
    words[WORK_ID] = id;
    words[WORK_VA] = first;
    words[WORK_KEY] = second;
    return thread_begin_steps(kernel, step, step_abort);
}

/* The membership that the thread is opening or closing; NULL if it has ended meanwhile. */
static struct shared_member *member_of_work(struct kernel *kernel, const struct thread *thread)
{
    const struct shared *shared = shared_find(kernel, thread->work.words[WORK_ID]);
    struct tree_node *node =
        shared == NULL ? NULL : tree_find(&shared->by_pid, thread->process->object.id);
    struct shared_member *member =
        node == NULL ? NULL : CONTAINER(node, struct shared_member, by_pid);
    return member != NULL && member->worker == thread ? member : NULL;
}

/* ---- tr_shared_create ----------------------------------------------------------------------- */

static bool prot_is_valid(uint32_t prot)
{
    return (prot & ~PROT_ALL) == 0 && ((prot & TR_WRITE) == 0 || (prot & TR_READ) != 0);
}

static bool prot_is_forbidden(uint32_t prot)
{
    return (prot & (TR_WRITE | TR_EXECUTE)) == (TR_WRITE | TR_EXECUTE);
}

/* Clears the pages that are opened next. */
static void clear_pages(struct kernel *kernel, const struct shared_member *member)
{
    const struct shared *shared = member->shared;
    for (uint64_t i = 0; i < STEP_PAGES && member->open + i < shared->pages; i++) {
        memset(frame_view(kernel, shared->frames[member->open + i]), 0, TR_PAGE_SIZE);
    }
}

static int64_t create_step(struct kernel *kernel, struct thread *thread)
{
    const uint64_t *words = thread->work.words;
    struct shared_member *member = member_of_work(kernel, thread);
    if (member == NULL) {
        return TR_E_NOENT;
    }
    struct shared *shared = member->shared;
    clear_pages(kernel, member);
    if (!shared_member_open(kernel, member, TR_READ | TR_WRITE)) {
        return CALL_LATER;
    }
    int64_t result =
        copy_check(kernel, thread->process, words[WORK_KEY], sizeof(shared->key), TR_WRITE);
    if (result == 0) {
        result = copy_out(kernel, thread->process, words[WORK_VA], &member->va, sizeof(member->va));
    }
    if (result == 0) {
        result =
            copy_out(kernel, thread->process, words[WORK_KEY], &shared->key, sizeof(shared->key));
    }
    if (result < 0) {
        shared_leave(kernel, member, false);
        return result;
    }
    shared_member_is_whole(member, TR_READ | TR_WRITE);
    shared->is_ready = true;
    return (int64_t)shared->object.id;
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
    return result == 0 && (flags & TR_SHARED_LAZY) != 0 ? TR_E_NOSYS : result;
}

int64_t call_shared_create(struct kernel *kernel, uint64_t pages, uint32_t prot_for_others,
                           uint32_t flags, uint64_t key, uint64_t va)
{
    struct thread *thread = kernel->cpu.current;
    struct process *process = thread->process;
    struct shared *shared = NULL;
    struct shared_member *member;
    int64_t result = check_create(kernel, pages, prot_for_others, flags, key, va);
    if (result == 0 && (flags & TR_SHARED_FROM) != 0) {
        return shared_create_from(kernel, pages, prot_for_others, key, va);
    }
    if (result == 0) {
        result = shared_make(kernel, process->account, pages, &shared);
    }
    if (result < 0) {
        return result;
    }
    result = shared_member_make(kernel, process, pages, 0, &member);
    if (result < 0) {
        shared_free(kernel, shared);
        return result;
    }
    object_enter(kernel, &shared->object, OBJECT_SHARED);
    list_append(&kernel->shareds, &shared->all);
    shared->granted = prot_for_others;
    shared->creator = process->object.id;
    shared->key = random_key(&kernel->keys);
    shared_member_enter(kernel, shared, member, thread);
    return work_begin(kernel, shared->object.id, va, key, create_step, shared_abort);
}

/* ---- tr_shared_join ------------------------------------------------------------------------- */

static int64_t join_step(struct kernel *kernel, struct thread *thread)
{
    const uint64_t *words = thread->work.words;
    struct shared_member *member = member_of_work(kernel, thread);
    if (member == NULL) {
        return TR_E_NOENT;
    }
    const struct shared *shared = member->shared;
    uint32_t prot = (uint32_t)words[WORK_PROT];
    if (shared->is_sealed || (shared->granted & TR_WRITE) == 0) {
        prot &= ~TR_WRITE; /* sealed since the join began */
    }
    if (!shared_member_open(kernel, member, prot)) {
        return CALL_LATER;
    }
    int64_t result =
        copy_out(kernel, thread->process, words[WORK_VA], &member->va, sizeof(member->va));
    if (result < 0) {
        shared_leave(kernel, member, false);
        return result;
    }
    shared_member_is_whole(member, prot);
    return (int64_t)shared->pages;
}

/* Whether a join with the right key may have these rights. */
static int64_t check_join(const struct shared *shared, const struct process *process, uint32_t prot)
{
    bool is_unsealed_text = (prot & TR_EXECUTE) != 0 && !shared->is_sealed;
    if ((prot & ~shared->granted) != 0 || is_unsealed_text) {
        return TR_E_PERM;
    }
    return tree_find(&shared->by_pid, process->object.id) != NULL ? TR_E_EXIST : 0;
}

/* What a join that has to wait for its turn keeps in thread->work.words. */
enum { TRY_ID, TRY_KEY, TRY_HINT, TRY_PROT, TRY_VA };

static int64_t join(struct kernel *kernel, struct thread *thread, const uint64_t *words)
{
    struct process *process = thread->process;
    uint64_t va = words[TRY_VA];
    uint32_t prot = (uint32_t)words[TRY_PROT];
    struct shared *shared = shared_find(kernel, words[TRY_ID]);
    if (shared == NULL || shared->key != words[TRY_KEY] || !shared->is_ready) {
        return join_refused(kernel);
    }
    struct shared_member *member;
    int64_t result = check_join(shared, process, prot);
    if (result == 0) {
        result = shared_member_make(kernel, process, shared->pages, words[TRY_HINT], &member);
    }
    if (result < 0) {
        return result;
    }
    shared_member_enter(kernel, shared, member, thread);
    join_succeeded(process);
    return work_begin(kernel, shared->object.id, va, prot, join_step, shared_abort);
}

static int64_t try_step(struct kernel *kernel, struct thread *thread)
{
    int64_t result = join_may_try(kernel, try_step);
    return result < 0 ? result : join(kernel, thread, thread->work.words);
}

int64_t call_shared_join(struct kernel *kernel, uint64_t id, uint64_t key, uint64_t hint,
                         uint32_t prot, uint64_t va)
{
    struct thread *thread = kernel->cpu.current;
    if ((hint & (TR_PAGE_SIZE - 1)) != 0 || !prot_is_valid(prot)) {
        return TR_E_INVAL;
    }
    int64_t result = copy_check(kernel, thread->process, va, sizeof(uint64_t), TR_WRITE);
    if (result < 0) {
        return result;
    }
    uint64_t *words = thread->work.words;
    words[TRY_ID] = id;
    words[TRY_KEY] = key;
    words[TRY_HINT] = hint;
    words[TRY_PROT] = prot;
    words[TRY_VA] = va;
    return try_step(kernel, thread);
}

/* ---- tr_shared_info and tr_shared_release --------------------------------------------------- */

int64_t call_shared_info(struct kernel *kernel, uint64_t id, uint64_t info)
{
    struct process *process = kernel_caller(kernel);
    int64_t result = copy_check(kernel, process, info, sizeof(struct tr_shared_info), TR_WRITE);
    if (result < 0) {
        return result;
    }
    const struct shared_member *member = shared_member_find(kernel, id, process);
    if (member == NULL) {
        return TR_E_NOENT;
    }
    const struct tr_shared_info facts = {.pages = member->shared->pages,
                                         .members = shared_members(member->shared),
                                         .prot = member->shared->granted};
    return copy_out(kernel, process, info, &facts, sizeof(facts));
}

static int64_t release_step(struct kernel *kernel, struct thread *thread)
{
    struct shared_member *member = member_of_work(kernel, thread);
    return member == NULL || shared_leave_step(kernel, member, thread) ? 0 : CALL_LATER;
}

int64_t call_shared_release(struct kernel *kernel, uint64_t id)
{
    struct shared_member *member = shared_member_find(kernel, id, kernel_caller(kernel));
    if (member == NULL) {
        return TR_E_NOENT;
    }
    member->worker = kernel->cpu.current;
    return work_begin(kernel, id, 0, 0, release_step, shared_abort);
}

/* ---- tr_shared_seal ------------------------------------------------------------------------- */

/* Takes WRITE from open pages of a member, from `first` on, at most `most`. Returns how many. */
static uint64_t seal_pages(struct kernel *kernel, struct shared_member *member, uint64_t first,
                           uint64_t most)
{
    struct space *space = &member->process->space;
    uint64_t left = member->open > first ? member->open - first : 0;
    uint64_t part = left < most ? left : most;
    uint64_t va = member->va + first * TR_PAGE_SIZE;
    const uint64_t write = ENTRY(0, PAGE_NONE, TR_WRITE);
    member->prot &= ~TR_WRITE;
    for (uint64_t i = 0; i < part; i++) {
        *space_entry(space, va + i * TR_PAGE_SIZE) &= ~write;
    }
    if (part > 0) {
        space_changed(kernel, space, va, part);
    }
    return part;
}

/* The member that is to be worked on: the one of WORK_PID, or the next if that has left. */
static struct shared_member *member_to_seal(const struct shared *shared, uint64_t *words)
{
    struct tree_node *node = tree_find(&shared->by_pid, words[WORK_PID]);
    if (node == NULL) {
        node = tree_above(&shared->by_pid, words[WORK_PID]);
        words[WORK_PAGE] = 0;
    }
    return node == NULL ? NULL : CONTAINER(node, struct shared_member, by_pid);
}

static int64_t seal_end(struct shared *shared, struct shared_member *own)
{
    shared->is_sealed = true;
    own->prot |= TR_EXECUTE;
    return 0;
}

/* Members by pid: nobody who joins meanwhile gets WRITE, so none that is passed has to be looked at
 * again. */
static int64_t seal_step(struct kernel *kernel, struct thread *thread)
{
    uint64_t *words = thread->work.words;
    struct shared_member *own = shared_member_find(kernel, words[WORK_ID], thread->process);
    if (own == NULL) {
        return TR_E_NOENT;
    }
    struct shared *shared = own->shared;
    uint64_t budget = STEP_PAGES;
    while (budget > 0) {
        struct shared_member *member = member_to_seal(shared, words);
        if (member == NULL) {
            return seal_end(shared, own);
        }
        uint64_t done = seal_pages(kernel, member, words[WORK_PAGE], budget);
        words[WORK_PID] = member->process->object.id;
        words[WORK_PAGE] += done;
        budget -= done;
        if (words[WORK_PAGE] >= member->open) {
            words[WORK_PID]++;
            words[WORK_PAGE] = 0;
        }
    }
    return CALL_LATER;
}

int64_t call_shared_seal(struct kernel *kernel, uint64_t id)
{
    struct process *process = kernel_caller(kernel);
    struct shared_member *own = shared_member_find(kernel, id, process);
    if (own == NULL) {
        return TR_E_NOENT;
    }
    struct shared *shared = own->shared;
    if (shared->creator != process->object.id || shared->is_lent) {
        return TR_E_PERM;
    }
    if (shared->is_sealed) {
        return TR_E_EXIST;
    }
    shared->granted &= ~TR_WRITE;
    return work_begin(kernel, id, 0, 0, seal_step, NULL);
}
