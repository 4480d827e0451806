/* SPDX-License-Identifier: MIT */
/* Pipes. A reader or writer stands at the head of its line, moves what fits as it fits, and leaves
 * when it has all or when nothing more can come.
 *
 * Invariants, whenever no call is between two steps:
 * 1. Readers wait only while the ring is empty, writers only while it is full.
 * 2. Nobody waits in a deserted pipe (one member left of several).
 * 3. `served` is NULL.
 *
 *   call -> served -> over                                  (all moved at once)
 *                  -> step -> served …                      (more than a share: pump again)
 *                  -> head of the sleepers -> woken, over   (finish)
 *   call -> tail of the sleepers                            (others are in line) */

#include "pipe.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "shared.h"
#include "state.h"

/* What moves in and out of the ring before other threads get a look at the processor. */
#define SHARE_BYTES (UINT64_C(2) * STEP_PAGES * TR_PAGE_SIZE)

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* ---- The ring ------------------------------------------------------------------------------- */

static uint64_t ring_bytes(const struct pipe *pipe)
{
    return pipe->written - pipe->read;
}

static uint64_t ring_room(const struct pipe *pipe)
{
    return TR_PIPE_SIZE - ring_bytes(pipe);
}

static int64_t ring_fill(struct kernel *kernel, struct pipe *pipe, struct process *process,
                         uint64_t va, uint64_t size)
{
    uint64_t at = pipe->written % TR_PIPE_SIZE;
    uint64_t first = least(size, TR_PIPE_SIZE - at);
    int64_t result = copy_in(kernel, process, pipe->ring + at, va, first);
    if (result == 0) {
        result = copy_in(kernel, process, pipe->ring, va + first, size - first);
    }
    if (result == 0) {
        pipe->written += size;
    }
    return result;
}

static int64_t ring_drain(struct kernel *kernel, struct pipe *pipe, struct process *process,
                          uint64_t va, uint64_t size)
{
    uint64_t at = pipe->read % TR_PIPE_SIZE;
    uint64_t first = least(size, TR_PIPE_SIZE - at);
    int64_t result = copy_out(kernel, process, va, pipe->ring + at, first);
    if (result == 0) {
        result = copy_out(kernel, process, va + first, pipe->ring, size - first);
    }
    if (result == 0) {
        pipe->read += size;
    }
    return result;
}

/* ---- Lines ---------------------------------------------------------------------------------- */

static bool is_deserted(const struct pipe *pipe)
{
    return pipe->was_joined && pipe->member_count == 1;
}

static struct thread *head_of(const struct pipe_line *line)
{
    if (line->served != NULL) {
        return line->served;
    }
    return list_is_empty(&line->sleepers) ? NULL
                                          : CONTAINER(line->sleepers.next, struct thread, queue);
}

static void set_outcome(struct thread *thread, int64_t result)
{
    thread->work.words[0] = (uint64_t)result;
}

/* CALL_LATER: the call of a served thread is not over. */
static int64_t outcome_of(const struct thread *thread)
{
    return (int64_t)thread->work.words[0];
}

/* The call of a thread in line is over: it gives what has moved, or else `otherwise`. */
static void finish(struct kernel *kernel, struct pipe *pipe, struct pipe_line *line,
                   struct thread *thread, int64_t otherwise)
{
    uint64_t done = thread->on.pipe.done;
    int64_t result = done > 0 ? (int64_t)done : otherwise;
    if (thread == line->served) {
        line->served = NULL;
        set_outcome(thread, result);
        return;
    }
    list_remove(&thread->queue);
    pipe->sleeper_count--;
    thread_wake(kernel, thread, result);
}

/* True if something has changed: bytes have moved or a call is over. */
static bool serve_writer(struct kernel *kernel, struct pipe *pipe)
{
    struct thread *thread = head_of(&pipe->writers);
    if (thread == NULL) {
        return false;
    }
    struct wait_pipe *on = &thread->on.pipe;
    int64_t result = is_deserted(pipe) ? TR_E_PEER : 0;
    uint64_t size = least(ring_room(pipe), on->size - on->done);
    if (result == 0 && size == 0) {
        return false;
    }
    if (result == 0) {
        result = ring_fill(kernel, pipe, thread->process, on->buffer + on->done, size);
    }
    if (result == 0) {
        on->done += size;
    }
    if (result < 0 || on->done == on->size) {
        finish(kernel, pipe, &pipe->writers, thread, result);
    }
    return true;
}

static bool serve_reader(struct kernel *kernel, struct pipe *pipe)
{
    struct thread *thread = head_of(&pipe->readers);
    if (thread == NULL) {
        return false;
    }
    struct wait_pipe *on = &thread->on.pipe;
    uint64_t size = least(ring_bytes(pipe), on->size - on->done);
    int64_t result = size == 0 && is_deserted(pipe) ? TR_E_PEER : 0;
    if (result == 0 && size == 0) {
        return false;
    }
    if (result == 0) {
        result = ring_drain(kernel, pipe, thread->process, on->buffer + on->done, size);
    }
    if (result == 0) {
        on->done += size;
    }
    if (result < 0 || on->done == on->size) {
        finish(kernel, pipe, &pipe->readers, thread, result);
    }
    return true;
}

/* Nothing moves any more: a head that takes less than all is content with what it has. */
static bool settle(struct kernel *kernel, struct pipe *pipe, struct pipe_line *line)
{
    struct thread *thread = head_of(line);
    if (thread == NULL || (thread->on.pipe.flags & TR_PARTIAL) == 0 || thread->on.pipe.done == 0) {
        return false;
    }
    finish(kernel, pipe, line, thread, 0);
    return true;
}

/* Moves bytes until nothing moves any more, or about `most` have moved: then true. */
static bool pump(struct kernel *kernel, struct pipe *pipe, uint64_t most)
{
    uint64_t before = pipe->written + pipe->read;
    while (pipe->written + pipe->read - before < most) {
        bool changed = serve_writer(kernel, pipe);
        changed = serve_reader(kernel, pipe) || changed;
        if (!changed && !settle(kernel, pipe, &pipe->readers) &&
            !settle(kernel, pipe, &pipe->writers)) {
            return false;
        }
    }
    return true;
}

/* ---- Reading and writing -------------------------------------------------------------------- */

static struct pipe_member *member_find(struct kernel *kernel, uint64_t id,
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

/* How many of `most` bytes the other side has ready beyond the ring, in memory that is good. */
static uint64_t promised(struct kernel *kernel, const struct pipe_line *line, uint64_t most,
                         uint32_t access)
{
    uint64_t sum = 0;
    const struct list *link = &line->sleepers;
    struct thread *thread = line->served;
    while (sum < most) {
        if (thread == NULL) {
            link = link->next;
            if (link == &line->sleepers) {
                break;
            }
            thread = CONTAINER(link, struct thread, queue);
        }
        const struct wait_pipe *on = &thread->on.pipe;
        uint64_t size = least(on->size - on->done, most - sum);
        if (copy_check(kernel, thread->process, on->buffer + on->done, size, access) == 0) {
            sum += size;
        }
        thread = NULL;
    }
    return sum;
}

/* Whether a call that may not wait has its answer now. */
static bool is_answered(struct kernel *kernel, const struct pipe *pipe, const struct wait_pipe *on,
                        bool is_write)
{
    if (head_of(is_write ? &pipe->writers : &pipe->readers) != NULL) {
        return false;
    }
    uint64_t wanted = (on->flags & TR_PARTIAL) != 0 ? 1 : on->size;
    uint64_t ready = is_write ? ring_room(pipe) : ring_bytes(pipe);
    if (is_deserted(pipe) || ready >= wanted) {
        return true;
    }
    ready += is_write ? promised(kernel, &pipe->readers, wanted - ready, TR_WRITE)
                      : promised(kernel, &pipe->writers, wanted - ready, TR_READ);
    return ready >= wanted;
}

/* The thread becomes a sleeper: behind the others, or, if it was served, ahead of them. */
static int64_t sleep_in_line(struct kernel *kernel, struct thread *thread, struct pipe *pipe,
                             struct pipe_line *line, bool at_head)
{
    bool is_write = line == &pipe->writers;
    thread->step = NULL;
    thread->step_abort = NULL;
    thread_sleep_on(kernel, thread, is_write ? TR_WAIT_PIPE_WRITE : TR_WAIT_PIPE_READ, TR_FOREVER);
    if (at_head) {
        list_prepend(&line->sleepers, &thread->queue);
    } else {
        list_append(&line->sleepers, &thread->queue);
    }
    pipe->sleeper_count++;
    return CALL_LATER;
}

static struct pipe_line *line_of_served(struct pipe *pipe, const struct thread *thread)
{
    return pipe->writers.served == thread ? &pipe->writers : &pipe->readers;
}

/* The thread ends between two steps of its transfer. */
static void transfer_abort(struct kernel *kernel, struct thread *thread)
{
    if (outcome_of(thread) == CALL_LATER) {
        struct pipe *pipe = thread->on.pipe.member->pipe;
        line_of_served(pipe, thread)->served = NULL;
        (void)pump(kernel, pipe, SHARE_BYTES);
    }
}

/* Moves a share for a served thread. The pipe may be gone if its call is over. */
static int64_t transfer_step(struct kernel *kernel, struct thread *thread)
{
    if (outcome_of(thread) != CALL_LATER) {
        return outcome_of(thread);
    }
    struct pipe *pipe = thread->on.pipe.member->pipe;
    struct pipe_line *line = line_of_served(pipe, thread);
    bool is_atomic = (thread->on.pipe.flags & TR_NOWAIT) != 0;
    bool is_long = pump(kernel, pipe, is_atomic ? UINT64_MAX : SHARE_BYTES);
    if (outcome_of(thread) != CALL_LATER) {
        return outcome_of(thread);
    }
    if (is_long) {
        thread->step = transfer_step;
        thread->step_abort = transfer_abort;
        return CALL_LATER;
    }
    line->served = NULL;
    return sleep_in_line(kernel, thread, pipe, line, true);
}

static int64_t transfer(struct kernel *kernel, uint64_t id, struct wait_pipe *on, bool is_write)
{
    struct thread *thread = kernel->cpu.current;
    if ((on->flags & ~(TR_NOWAIT | TR_PARTIAL)) != 0) {
        return TR_E_INVAL;
    }
    int64_t result =
        copy_check(kernel, thread->process, on->buffer, on->size, is_write ? TR_READ : TR_WRITE);
    if (result < 0) {
        return result;
    }
    on->member = member_find(kernel, id, thread->process);
    if (on->member == NULL) {
        return TR_E_NOENT;
    }
    if (on->size == 0) {
        return 0;
    }
    struct pipe *pipe = on->member->pipe;
    struct pipe_line *line = is_write ? &pipe->writers : &pipe->readers;
    if (thread->is_noblock) {
        on->flags |= TR_NOWAIT;
    }
    if ((on->flags & TR_NOWAIT) != 0 && !is_answered(kernel, pipe, on, is_write)) {
        return TR_E_AGAIN;
    }
    thread->on.pipe = *on;
    if (head_of(line) != NULL) {
        return sleep_in_line(kernel, thread, pipe, line, false);
    }
    line->served = thread;
    set_outcome(thread, CALL_LATER);
    return transfer_step(kernel, thread);
}

int64_t call_pipe_read(struct kernel *kernel, uint64_t id, uint64_t buf, uint64_t n, uint32_t flags)
{
    struct wait_pipe on = {.buffer = buf, .size = n, .flags = flags};
    return transfer(kernel, id, &on, false);
}

int64_t call_pipe_write(struct kernel *kernel, uint64_t id, uint64_t buf, uint64_t n,
                        uint32_t flags)
{
    struct wait_pipe on = {.buffer = buf, .size = n, .flags = flags};
    return transfer(kernel, id, &on, true);
}

void pipe_leave_line(struct kernel *kernel, struct thread *thread)
{
    struct pipe *pipe = thread->on.pipe.member->pipe;
    list_remove(&thread->queue);
    pipe->sleeper_count--;
    (void)pump(kernel, pipe, SHARE_BYTES);
}

/* ---- Members -------------------------------------------------------------------------------- */

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

/* The ring's frame, charged to the pipe's account. */
static int64_t ring_make(struct kernel *kernel, struct pipe *pipe)
{
    uint32_t frame;
    if (!account_may_charge(kernel, pipe->account, TR_PAGE_SIZE)) {
        return TR_E_LIMIT;
    }
    int64_t result = frame_allocate(kernel, pipe->account, 0, FRAME_KERNEL, &frame);
    if (result == 0) {
        account_charge(pipe->account, TR_PAGE_SIZE);
        pipe->ring = frame_view(kernel, frame);
    }
    return result;
}

static void ring_free(struct kernel *kernel, struct pipe *pipe)
{
    frame_free(kernel, frame_of(kernel, pipe->ring), 0);
    account_release(kernel, pipe->account, TR_PAGE_SIZE);
}

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
    list_init(&pipe->readers.sleepers);
    list_init(&pipe->writers.sleepers);
    result = ring_make(kernel, pipe);
    if (result < 0) {
        pool_give(kernel, &kernel->pools.pipe, account, pipe);
        return result;
    }
    *made = pipe;
    return 0;
}

static void pipe_free(struct kernel *kernel, struct pipe *pipe)
{
    ring_free(kernel, pipe);
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

static void end_transfers(struct kernel *kernel, struct pipe *pipe, struct pipe_line *line,
                          const struct pipe_member *member)
{
    if (line->served != NULL && line->served->on.pipe.member == member) {
        finish(kernel, pipe, line, line->served, TR_E_NOENT);
    }
    LIST_FOR_SAFE (link, &line->sleepers) {
        struct thread *thread = CONTAINER(link, struct thread, queue);
        if (thread->on.pipe.member == member) {
            finish(kernel, pipe, line, thread, TR_E_NOENT);
        }
    }
}

static void leave(struct kernel *kernel, struct pipe_member *member, bool has_died)
{
    struct pipe *pipe = member->pipe;
    struct process *process = member->process;
    end_transfers(kernel, pipe, &pipe->readers, member);
    end_transfers(kernel, pipe, &pipe->writers, member);
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
    (void)pump(kernel, pipe, SHARE_BYTES);
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

int64_t call_pipe_join(struct kernel *kernel, uint64_t id, uint64_t key)
{
    struct process *process = kernel_caller(kernel);
    int64_t result = join_may_try(kernel);
    if (result < 0) {
        return result;
    }
    struct object *object = object_find(kernel, OBJECT_PIPE, id);
    struct pipe *pipe = object == NULL ? NULL : CONTAINER(object, struct pipe, object);
    if (pipe == NULL || pipe->key != key) {
        return join_refused(kernel);
    }
    if (tree_find(&pipe->by_pid, process->object.id) != NULL) {
        return TR_E_EXIST;
    }
    void *member;
    result = pool_take(kernel, &kernel->pools.pipe_member, process->account, &member);
    if (result < 0) {
        return result;
    }
    member_enter(pipe, member, process);
    process->wrong_joins = 0;
    return 0;
}

int64_t call_pipe_info(struct kernel *kernel, uint64_t id, uint64_t info)
{
    struct process *process = kernel_caller(kernel);
    int64_t result = copy_check(kernel, process, info, sizeof(struct tr_pipe_info), TR_WRITE);
    if (result < 0) {
        return result;
    }
    const struct pipe_member *member = member_find(kernel, id, process);
    if (member == NULL) {
        return TR_E_NOENT;
    }
    const struct pipe *pipe = member->pipe;
    const struct tr_pipe_info facts = {.bytes = ring_bytes(pipe),
                                       .room = ring_room(pipe),
                                       .members = pipe->member_count,
                                       .sleepers = pipe->sleeper_count};
    return copy_out(kernel, process, info, &facts, sizeof(facts));
}

int64_t call_pipe_release(struct kernel *kernel, uint64_t id)
{
    struct pipe_member *member = member_find(kernel, id, kernel_caller(kernel));
    if (member == NULL) {
        return TR_E_NOENT;
    }
    leave(kernel, member, false);
    return 0;
}
