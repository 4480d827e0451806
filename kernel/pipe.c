/* SPDX-License-Identifier: MIT */
/* Pipes and who is a member of them. A pipe lives from its creation until its last member leaves;
 * its record and its ring are charged to the oldest. */

#include "pipe.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "join.h"
#include "state.h"

/* A pipe with its ring and without members. */
static int64_t pipe_make(struct kernel *kernel, struct account *account, struct pipe **made)
{
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.pipe, account, &record);
    if (result < 0) {
        return result;
    }
    struct pipe *pipe = record;
    pipe->account = account;
    list_init(&pipe->members);
    list_init(&pipe->readers);
    list_init(&pipe->writers);
    result = pipe_ring_make(kernel, pipe);
    if (result < 0) {
        pool_give(kernel, &kernel->pools.pipe, account, pipe);
        return result;
    }
    *made = pipe;
    return 0;
}

static void pipe_free(struct kernel *kernel, struct pipe *pipe)
{
    pipe_ring_free(kernel, pipe);
    pool_give(kernel, &kernel->pools.pipe, pipe->account, pipe);
}

/* The oldest member pays. It may exceed its quota by that: leaving cannot fail. */
static void pipe_recharge(struct kernel *kernel, struct pipe *pipe)
{
    struct pipe_member *oldest = CONTAINER(pipe->members.next, struct pipe_member, in_pipe);
    struct account *before = pipe->account;
    struct account *account = oldest->process->account;
    if (account == before) {
        return;
    }
    account_charge(account, TR_PAGE_SIZE);
    account_charge(account, kernel->pools.pipe.size);
    pipe->account = account;
    account_release(kernel, before, TR_PAGE_SIZE);
    account_release(kernel, before, kernel->pools.pipe.size);
}

static void announce_leave(struct kernel *kernel, struct pipe *pipe, const struct process *process,
                           bool has_died)
{
    const struct tr_event left = {.kind = TR_EVENT_PIPE_RELEASED,
                                  .flags = has_died ? TR_EVENT_DIED : 0,
                                  .object = pipe->object.id,
                                  .source_pid = process->object.id,
                                  .source_class = process->process_class,
                                  .count = 1,
                                  .size = pipe->member_count};
    LIST_FOR (link, &pipe->members) {
        struct pipe_member *member = CONTAINER(link, struct pipe_member, in_pipe);
        event_raise(kernel, member->process, &member->slot, &left);
    }
}

struct pipe_member *pipe_member_find(struct kernel *kernel, uint64_t id,
                                     const struct process *process)
{
    struct object *object = object_find(kernel, OBJECT_PIPE, id);
    if (object == NULL) {
        return NULL;
    }
    struct pipe *pipe = CONTAINER(object, struct pipe, object);
    struct tree_node *node = tree_find(&pipe->by_pid, process->object.id);
    return node == NULL ? NULL : CONTAINER(node, struct pipe_member, by_pid);
}

static void member_enter(struct pipe *pipe, struct pipe_member *member, struct process *process)
{
    member->pipe = pipe;
    member->process = process;
    event_slot_init(&member->slot, NULL);
    list_append(&pipe->members, &member->in_pipe);
    list_append(&process->pipes, &member->in_process);
    tree_insert(&pipe->by_pid, &member->by_pid, process->object.id);
    pipe->member_count++;
    pipe->was_joined = pipe->was_joined || pipe->member_count > 1;
}

static void leave(struct kernel *kernel, struct pipe_member *member, bool has_died)
{
    struct pipe *pipe = member->pipe;
    struct process *process = member->process;
    pipe_end_transfers(kernel, member);
    event_cancel(&member->slot);
    list_remove(&member->in_pipe);
    list_remove(&member->in_process);
    tree_remove(&pipe->by_pid, &member->by_pid);
    pipe->member_count--;
    pool_give(kernel, &kernel->pools.pipe_member, process->account, member);
    if (pipe->member_count == 0) {
        list_remove(&pipe->all);
        object_leave(kernel, &pipe->object);
        pipe_free(kernel, pipe);
        return;
    }
    pipe_recharge(kernel, pipe);
    if (pipe_is_deserted(pipe)) {
        (void)pipe_pump(kernel, pipe, UINT64_MAX);
    }
    announce_leave(kernel, pipe, process, has_died);
}

void pipe_end_all(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->pipes)) {
        leave(kernel, CONTAINER(process->pipes.next, struct pipe_member, in_process), true);
    }
}

int64_t call_pipe_create(struct kernel *kernel, uint64_t key)
{
    struct process *process = kernel_caller(kernel);
    int64_t result = copy_check(kernel, process, key, sizeof(uint64_t), TR_WRITE);
    if (result < 0) {
        return result;
    }
    void *member;
    result = pool_take(kernel, &kernel->pools.pipe_member, process->account, &member);
    if (result < 0) {
        return result;
    }
    struct pipe *pipe;
    result = pipe_make(kernel, process->account, &pipe);
    if (result < 0) {
        pool_give(kernel, &kernel->pools.pipe_member, process->account, member);
        return result;
    }
    object_enter(kernel, &pipe->object, OBJECT_PIPE);
    list_append(&kernel->pipes, &pipe->all);
    member_enter(pipe, member, process);
    pipe->key = random_key(&kernel->keys);
    (void)copy_out(kernel, process, key, &pipe->key, sizeof(pipe->key));
    return (int64_t)pipe->object.id;
}

static int64_t join(struct kernel *kernel, struct process *process, uint64_t id, uint64_t key)
{
    struct object *object = object_find(kernel, OBJECT_PIPE, id);
    struct pipe *pipe = object == NULL ? NULL : CONTAINER(object, struct pipe, object);
    if (pipe == NULL || pipe->key != key) {
        return join_refused(kernel);
    }
    if (tree_find(&pipe->by_pid, process->object.id) != NULL) {
        return TR_E_EXIST;
    }
    void *member;
    int64_t result = pool_take(kernel, &kernel->pools.pipe_member, process->account, &member);
    if (result < 0) {
        return result;
    }
    member_enter(pipe, member, process);
    join_succeeded(process);
    return 0;
}

/* What a join that has to wait for its turn keeps in thread->work.words. */
enum { WORK_ID, WORK_KEY };

static int64_t join_step(struct kernel *kernel, struct thread *thread)
{
    const uint64_t *words = thread->work.words;
    int64_t result = join_may_try(kernel, join_step);
    return result < 0 ? result : join(kernel, thread->process, words[WORK_ID], words[WORK_KEY]);
}

int64_t call_pipe_join(struct kernel *kernel, uint64_t id, uint64_t key)
{
    struct thread *thread = kernel->cpu.current;
    thread->work.words[WORK_ID] = id;
    thread->work.words[WORK_KEY] = key;
    return join_step(kernel, thread);
}

int64_t call_pipe_info(struct kernel *kernel, uint64_t id, uint64_t info)
{
    struct process *process = kernel_caller(kernel);
    int64_t result = copy_check(kernel, process, info, sizeof(struct tr_pipe_info), TR_WRITE);
    if (result < 0) {
        return result;
    }
    const struct pipe_member *member = pipe_member_find(kernel, id, process);
    if (member == NULL) {
        return TR_E_NOENT;
    }
    const struct pipe *pipe = member->pipe;
    const struct tr_pipe_info facts = {.bytes = pipe_ring_bytes(pipe),
                                       .room = pipe_ring_room(pipe),
                                       .members = pipe->member_count,
                                       .sleepers = pipe->sleeper_count};
    return copy_out(kernel, process, info, &facts, sizeof(facts));
}

int64_t call_pipe_release(struct kernel *kernel, uint64_t id)
{
    struct pipe_member *member = pipe_member_find(kernel, id, kernel_caller(kernel));
    if (member == NULL) {
        return TR_E_NOENT;
    }
    leave(kernel, member, false);
    return 0;
}
