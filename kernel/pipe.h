/* SPDX-License-Identifier: MIT */
#pragma once

/* Pipes: one ring of 4096 bytes that any process may join with id and key (interface.md 7). pipe.c
 * has the objects and their members, pipe_transfer.c the lines of readers and writers, pipe_ring.c
 * the bytes. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

#include "event.h"
#include "list.h"
#include "object.h"
#include "space.h"
#include "tree.h"

struct kernel;
struct process;
struct thread;

struct pipe {
    struct object object;
    struct list all;     /* in kernel->pipes */
    struct list members; /* struct pipe_member, by age */
    struct tree by_pid;  /* the same */
    /* Threads that want to read, or to write, by on.pipe.in_line, first come first. Only the first
     * one's bytes move. */
    struct list readers, writers;
    struct thread *mover; /* of these: goes on in steps with what moves; NULL: nothing does */
    uint64_t key, member_count, sleeper_count;
    uint64_t written, read;  /* bytes ever: the ring holds the difference */
    bool was_joined;         /* it has had a second member */
    struct account *account; /* of its oldest member: charged for the record and the ring */
    uint8_t *ring;           /* one frame of use FRAME_KERNEL */
};

struct pipe_member {
    struct tree_node by_pid;
    struct list in_pipe;
    struct list in_process;
    struct pipe *pipe;
    struct process *process; /* its account is charged */
    struct event_slot slot;  /* PIPE_RELEASED to this member */
};

/* Takes a sleeping thread that ends out of its line. What it has moved stays moved. */
void pipe_leave_line(struct thread *thread);
/* True of a thread that goes on in steps with what moves in a pipe. */
bool pipe_is_moving(const struct thread *thread);
/* A thread that does not sleep may not run any more: if it was a mover, another one is. */
void pipe_suspended(struct kernel *kernel, const struct thread *thread);
/* One that sleeps at a pipe may run again: it goes on if the mover may not. */
void pipe_resumed(struct kernel *kernel, struct thread *thread);
/* Leaves all pipes of a process that ends. */
void pipe_end_all(struct kernel *kernel, struct process *process);

/* ---- Between the files of pipes ------------------------------------------------------------- */

static inline uint64_t pipe_ring_bytes(const struct pipe *pipe)
{
    return pipe->written - pipe->read;
}
static inline uint64_t pipe_ring_room(const struct pipe *pipe)
{
    return TR_PIPE_SIZE - pipe_ring_bytes(pipe);
}
/* The ring's frame, charged to the pipe's account. 0, TR_E_LIMIT or TR_E_NOMEM. */
int64_t pipe_ring_make(struct kernel *kernel, struct pipe *pipe);
void pipe_ring_free(struct kernel *kernel, struct pipe *pipe);
/* Moves `size` bytes, which fit or are there, from or to a process's memory. All or none: 0,
 * TR_E_FAULT or TR_E_NOMEM. */
int64_t pipe_ring_fill(struct kernel *kernel, struct pipe *pipe, struct process *process,
                       uint64_t va, uint64_t size);
int64_t pipe_ring_drain(struct kernel *kernel, struct pipe *pipe, struct process *process,
                        uint64_t va, uint64_t size);

/* NULL: there is no such pipe, or the process is not a member. */
struct pipe_member *pipe_member_find(struct kernel *kernel, uint64_t id,
                                     const struct process *process);
/* One member is left of several: nobody waits in it. */
static inline bool pipe_is_deserted(const struct pipe *pipe)
{
    return pipe->was_joined && pipe->member_count == 1;
}

/* What moves in and out of the ring before other threads get a look at the processor. */
#define PIPE_SHARE_BYTES (UINT64_C(2) * STEP_PAGES * TR_PAGE_SIZE)
/* What moves at once at most, when nobody may wait (interface.md 7). */
#define PIPE_AT_ONCE_MAX (UINT64_C(1) << 20)
/* Moves bytes until nothing moves any more, or about `most` have moved: then true. */
bool pipe_pump(struct kernel *kernel, struct pipe *pipe, uint64_t most);
/* Ends the transfers of a member that leaves; others go on. */
void pipe_end_transfers(struct kernel *kernel, const struct pipe_member *member);
