/* SPDX-License-Identifier: MIT */
/* Reading and writing. A reader or writer stands at the head of its line, moves what fits as it
 * fits, and leaves when it has all or when nothing more can come.
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

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "least.h"
#include "pipe.h"
#include "state.h"

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
    int64_t result = pipe_is_deserted(pipe) ? TR_E_PEER : 0;
    uint64_t size = least(pipe_ring_room(pipe), on->size - on->done);
    if (result == 0 && size == 0) {
        return false;
    }
    if (result == 0) {
        result = pipe_ring_fill(kernel, pipe, thread->process, on->buffer + on->done, size);
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
    uint64_t size = least(pipe_ring_bytes(pipe), on->size - on->done);
    int64_t result = size == 0 && pipe_is_deserted(pipe) ? TR_E_PEER : 0;
    if (result == 0 && size == 0) {
        return false;
    }
    if (result == 0) {
        result = pipe_ring_drain(kernel, pipe, thread->process, on->buffer + on->done, size);
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
    uint64_t ready = is_write ? pipe_ring_room(pipe) : pipe_ring_bytes(pipe);
    if (pipe_is_deserted(pipe) || ready >= wanted) {
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
        (void)pipe_pump(kernel, pipe, PIPE_SHARE_BYTES);
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
    bool is_long = pipe_pump(kernel, pipe, is_atomic ? UINT64_MAX : PIPE_SHARE_BYTES);
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
    on->member = pipe_member_find(kernel, id, thread->process);
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
    (void)pipe_pump(kernel, pipe, PIPE_SHARE_BYTES);
}

static void end_line(struct kernel *kernel, struct pipe *pipe, struct pipe_line *line,
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

void pipe_end_transfers(struct kernel *kernel, const struct pipe_member *member)
{
    end_line(kernel, member->pipe, &member->pipe->readers, member);
    end_line(kernel, member->pipe, &member->pipe->writers, member);
}
