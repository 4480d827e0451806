/* SPDX-License-Identifier: MIT */
#pragma once

/* Pipes: one ring of 4096 bytes that any process may join with id and key (abi.md 7). */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

#include "event.h"
#include "list.h"
#include "object.h"
#include "tree.h"

struct kernel;
struct process;
struct thread;

/* Threads that want to read, or to write, first come first. Only the first one's bytes move. */
struct pipe_line {
    struct thread *served; /* ahead of all: in its call right now, or between two steps of it */
    struct list sleepers;
};

struct pipe {
    struct object object;
    struct list all;     /* in kernel->pipes */
    struct list members; /* struct pipe_member, by age */
    struct tree by_pid;  /* the same */
    struct pipe_line readers, writers;
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

/* Takes a sleeping thread that ends out of its line; the next one goes on. What it has moved stays
 * moved. */
void pipe_leave_line(struct kernel *kernel, struct thread *thread);
/* Leaves all pipes of a process that ends. */
void pipe_end_all(struct kernel *kernel, struct process *process);
