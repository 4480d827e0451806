/* SPDX-License-Identifier: MIT */
/* Reading and writing. A reader or writer stands in its line and, once it is the first there, moves
 * what fits as it fits, until it has all or nothing more can come.
 *
 * Nobody moves bytes for itself alone. Whoever finds something to move pumps: from the first writer
 * into the ring and from the ring to the first reader, until nothing moves any more. If that is
 * more than a share, one thread of the lines goes on with it in steps while the others sleep: the
 * mover. When it is served, ends or is suspended before all has moved another one takes over, so a
 * long transfer does not hang on the thread that began it.
 *
 * Invariants, whenever an entry ends:
 * 1. A thread in a line sleeps, or is the mover.
 * 2. Without a mover nothing can move: readers wait only while the ring is empty, writers only
 *    while it is full, and nobody waits who has something and is content with that.
 * 3. A suspended mover is one only while all others in the lines are suspended too.
 * 4. Nobody waits in a deserted pipe (one member left of several).
 *
 *   call -> at the head: pump -> over
 *                             -> the mover -> pump … -> over
 *                             -> asleep
 *        -> behind others: asleep
 *   asleep <-> the mover;  asleep -> over (finish) */

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "least.h"
#include "pipe.h"
#include "state.h"

static struct thread *head_of(const struct list *line)
{
    return list_is_empty(line) ? NULL : CONTAINER(line->next, struct thread, on.pipe.in_line);
}

static void set_outcome(struct thread *thread, int64_t result)
{
    thread->work.words[0] = (uint64_t)result;
}

/* CALL_LATER: the call of a thread that does not sleep is not over. */
static int64_t outcome_of(const struct thread *thread)
{
    return (int64_t)thread->work.words[0];
}

/* The call of a thread in line is over: it gives what has moved, or else `otherwise`. */
static void finish(struct kernel *kernel, struct pipe *pipe, struct thread *thread,
                   int64_t otherwise)
{
    uint64_t done = thread->on.pipe.done;
    int64_t result = done > 0 ? (int64_t)done : otherwise;
    list_remove(&thread->on.pipe.in_line);
    if (thread->state == THREAD_SLEEPING) {
        pipe->sleeper_count--;
        thread_wake(kernel, thread, result);
        return;
    }
    set_outcome(thread, result);
    if (pipe->mover == thread) {
        pipe->mover = NULL;
    }
}

/* Between the ring and the memory of a thread in line: `size` bytes, or what is good of them up to
 * the end of a page. Whoever was promised the bytes before a place that is gone gets them. */
static int64_t move(struct kernel *kernel, struct pipe *pipe, struct thread *thread, uint64_t size)
{
    struct wait_pipe *on = &thread->on.pipe;
    uint64_t va = on->buffer + on->done;
    uint64_t in_page = TR_PAGE_SIZE - (va & (TR_PAGE_SIZE - 1));
    int64_t (*ring)(struct kernel *, struct pipe *, struct process *, uint64_t, uint64_t) =
        on->is_write ? pipe_ring_fill : pipe_ring_drain;
    int64_t result = ring(kernel, pipe, thread->process, va, size);
    if (result < 0 && in_page < size) {
        size = in_page;
        result = ring(kernel, pipe, thread->process, va, size);
    }
    if (result == 0) {
        on->done += size;
    }
    return result;
}

/* True if something has changed: bytes have moved or a call is over. */
static bool serve_writer(struct kernel *kernel, struct pipe *pipe)
{
    struct thread *thread = head_of(&pipe->writers);
    if (thread == NULL) {
        return false;
    }
    struct wait_pipe *on = &thread->on.pipe;
    int64_t result = pipe_is_deserted(pipe) ? TR_E_PEER : 0;
    uint64_t size = least(pipe_ring_room(pipe), on->size - on->done);
    if (result == 0 && size == 0) {
        return false;
    }
    if (result == 0) {
        result = move(kernel, pipe, thread, size);
    }
    if (result < 0 || on->done == on->size) {
        finish(kernel, pipe, thread, result);
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
    uint64_t size = least(pipe_ring_bytes(pipe), on->size - on->done);
    int64_t result = size == 0 && pipe_is_deserted(pipe) ? TR_E_PEER : 0;
    if (result == 0 && size == 0) {
        return false;
    }
    if (result == 0) {
        result = move(kernel, pipe, thread, size);
    }
    if (result < 0 || on->done == on->size) {
        finish(kernel, pipe, thread, result);
    }
    return true;
}

/* Nothing moves any more: a head that takes less than all is content with what it has. */
static bool settle(struct kernel *kernel, struct pipe *pipe, const struct list *line)
{
    struct thread *thread = head_of(line);
    if (thread == NULL || (thread->on.pipe.flags & TR_PARTIAL) == 0 || thread->on.pipe.done == 0) {
        return false;
    }
    finish(kernel, pipe, thread, 0);
    return true;
}

bool pipe_pump(struct kernel *kernel, struct pipe *pipe, uint64_t most)
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

/* How many of `most` bytes the other side has ready beyond the ring, in memory that is good. */
static uint64_t promised(struct kernel *kernel, const struct list *line, uint64_t most,
                         uint32_t access)
{
    uint64_t sum = 0;
    for (const struct list *link = line->next; link != line && sum < most; link = link->next) {
        const struct thread *thread = CONTAINER(link, struct thread, on.pipe.in_line);
        const struct wait_pipe *on = &thread->on.pipe;
        uint64_t size = least(on->size - on->done, most - sum);
        if (copy_check(kernel, thread->process, on->buffer + on->done, size, access) == 0) {
            sum += size;
        }
    }
    return sum;
}

/* Whether a call that may not wait has its answer now. */
static bool is_answered(struct kernel *kernel, const struct pipe *pipe, const struct wait_pipe *on)
{
    bool is_write = on->is_write;
    if (head_of(is_write ? &pipe->writers : &pipe->readers) != NULL) {
        return false;
    }
    uint64_t wanted = (on->flags & TR_PARTIAL) != 0 ? 1 : on->size;
    uint64_t ready = is_write ? pipe_ring_room(pipe) : pipe_ring_bytes(pipe);
    if (pipe_is_deserted(pipe) || ready >= wanted) {
        return true;
    }
    if (wanted > PIPE_AT_ONCE_MAX) {
        return false;
    }
    ready += is_write ? promised(kernel, &pipe->readers, wanted - ready, TR_WRITE)
                      : promised(kernel, &pipe->writers, wanted - ready, TR_READ);
    return ready >= wanted;
}

/* ---- Who goes on ----------------------------------------------------------------------------- */

static thread_step transfer_step;
static thread_step_abort transfer_abort;

/* Falls asleep where it stands in line: the running thread, or a mover that was one. */
static int64_t rest(struct kernel *kernel, struct pipe *pipe, struct thread *thread)
{
    enum tr_wait wait = thread->on.pipe.is_write ? TR_WAIT_PIPE_WRITE : TR_WAIT_PIPE_READ;
    thread->step = NULL;
    pipe->sleeper_count++;
    if (thread == kernel->cpu.current || thread_may_run(thread)) {
        thread_sleep_on(kernel, thread, wait, TR_FOREVER);
    } else {
        thread->state = THREAD_SLEEPING;
        thread->wait = wait;
    }
    return CALL_LATER;
}

/* A thread in line, the running one or one that sleeps, goes on instead of the mover so far. */
static void take_over(struct kernel *kernel, struct pipe *pipe, struct thread *thread)
{
    struct thread *before = pipe->mover;
    if (before == thread) {
        return;
    }
    if (before != NULL) {
        (void)rest(kernel, pipe, before);
    }
    pipe->mover = thread;
    thread->step = transfer_step;
    thread->step_abort = transfer_abort;
    if (thread->state == THREAD_SLEEPING) {
        pipe->sleeper_count--;
        set_outcome(thread, CALL_LATER);
        thread_wake_to_step(kernel, thread);
    }
}

static struct thread *first_that_may_run(const struct list *line)
{
    LIST_FOR (link, line) {
        struct thread *thread = CONTAINER(link, struct thread, on.pipe.in_line);
        if (thread_may_run(thread)) {
            return thread;
        }
    }
    return NULL;
}

static bool is_stuck(const struct pipe *pipe)
{
    return pipe->mover != NULL && !thread_may_run(pipe->mover);
}

/* More may move, and who went on with that does not any more. */
static void hand_on(struct kernel *kernel, struct pipe *pipe)
{
    struct thread *next = first_that_may_run(&pipe->readers);
    if (next == NULL) {
        next = first_that_may_run(&pipe->writers);
    }
    if (next == NULL && pipe->mover == NULL) {
        next = head_of(list_is_empty(&pipe->readers) ? &pipe->writers : &pipe->readers);
    }
    if (next != NULL) {
        take_over(kernel, pipe, next);
    }
}

bool pipe_is_moving(const struct thread *thread)
{
    return thread->step == transfer_step && outcome_of(thread) == CALL_LATER;
}

void pipe_suspended(struct kernel *kernel, const struct thread *thread)
{
    if (pipe_is_moving(thread)) {
        hand_on(kernel, thread->on.pipe.member->pipe);
    }
}

void pipe_resumed(struct kernel *kernel, struct thread *thread)
{
    struct pipe *pipe = thread->on.pipe.member->pipe;
    if (is_stuck(pipe)) {
        take_over(kernel, pipe, thread);
    }
}

/* The mover ends between two steps. */
static void transfer_abort(struct kernel *kernel, struct thread *thread)
{
    if (outcome_of(thread) == CALL_LATER) {
        struct pipe *pipe = thread->on.pipe.member->pipe;
        list_remove(&thread->on.pipe.in_line);
        pipe->mover = NULL;
        hand_on(kernel, pipe);
    }
}

/* Moves a share. The pipe may be gone if the thread's call is over. */
static int64_t transfer_step(struct kernel *kernel, struct thread *thread)
{
    if (outcome_of(thread) != CALL_LATER) {
        return outcome_of(thread);
    }
    struct pipe *pipe = thread->on.pipe.member->pipe;
    bool is_atomic = (thread->on.pipe.flags & TR_NOWAIT) != 0;
    bool is_more = pipe_pump(kernel, pipe, is_atomic ? UINT64_MAX : PIPE_SHARE_BYTES);
    bool is_over = outcome_of(thread) != CALL_LATER;
    if (is_more && !is_over) {
        take_over(kernel, pipe, thread);
        return CALL_LATER;
    }
    struct thread *mover = pipe->mover;
    if (!is_more) {
        pipe->mover = NULL;
        if (mover != NULL && mover != thread) {
            (void)rest(kernel, pipe, mover);
        }
    } else if (mover == NULL) {
        hand_on(kernel, pipe);
    }
    return is_over ? outcome_of(thread) : rest(kernel, pipe, thread);
}

/* ---- The calls ------------------------------------------------------------------------------- */

static int64_t check(struct kernel *kernel, uint64_t id, struct wait_pipe *on)
{
    struct process *process = kernel_caller(kernel);
    if ((on->flags & ~(TR_NOWAIT | TR_PARTIAL)) != 0) {
        return TR_E_INVAL;
    }
    if ((on->flags & TR_NOWAIT) != 0 && on->size > PIPE_AT_ONCE_MAX) {
        return TR_E_TOOBIG;
    }
    int64_t result =
        copy_check(kernel, process, on->buffer, on->size, on->is_write ? TR_READ : TR_WRITE);
    if (result < 0) {
        return result;
    }
    on->member = pipe_member_find(kernel, id, process);
    return on->member == NULL ? TR_E_NOENT : 0;
}

static int64_t transfer(struct kernel *kernel, uint64_t id, struct wait_pipe *on)
{
    struct thread *thread = kernel->cpu.current;
    int64_t result = check(kernel, id, on);
    if (result < 0 || on->size == 0) {
        return result;
    }
    struct pipe *pipe = on->member->pipe;
    if (thread->is_noblock) {
        on->flags |= TR_NOWAIT;
    }
    if ((on->flags & TR_NOWAIT) != 0) {
        if (!is_answered(kernel, pipe, on)) {
            return TR_E_AGAIN;
        }
        on->size = least(on->size, PIPE_AT_ONCE_MAX);
    }
    struct list *line = on->is_write ? &pipe->writers : &pipe->readers;
    thread->on.pipe = *on;
    set_outcome(thread, CALL_LATER);
    list_append(line, &thread->on.pipe.in_line);
    return head_of(line) == thread || is_stuck(pipe) ? transfer_step(kernel, thread)
                                                     : rest(kernel, pipe, thread);
}

int64_t call_pipe_read(struct kernel *kernel, uint64_t id, uint64_t buf, uint64_t n, uint32_t flags)
{
    struct wait_pipe on = {.buffer = buf, .size = n, .flags = flags};
    return transfer(kernel, id, &on);
}

int64_t call_pipe_write(struct kernel *kernel, uint64_t id, uint64_t buf, uint64_t n,
                        uint32_t flags)
{
    struct wait_pipe on = {.buffer = buf, .size = n, .flags = flags, .is_write = true};
    return transfer(kernel, id, &on);
}

void pipe_leave_line(struct thread *thread)
{
    list_remove(&thread->on.pipe.in_line);
    thread->on.pipe.member->pipe->sleeper_count--;
}

static void end_line(struct kernel *kernel, const struct list *line,
                     const struct pipe_member *member)
{
    LIST_FOR_SAFE (link, line) {
        struct thread *thread = CONTAINER(link, struct thread, on.pipe.in_line);
        if (thread->on.pipe.member == member) {
            finish(kernel, member->pipe, thread, TR_E_NOENT);
        }
    }
}

void pipe_end_transfers(struct kernel *kernel, const struct pipe_member *member)
{
    struct pipe *pipe = member->pipe;
    bool was_moving = pipe->mover != NULL;
    end_line(kernel, &pipe->readers, member);
    end_line(kernel, &pipe->writers, member);
    if (was_moving && pipe->mover == NULL) {
        hand_on(kernel, pipe);
    }
}
