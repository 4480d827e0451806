/* SPDX-License-Identifier: MIT */
#pragma once

/* Pipes: one ring of 4096 bytes that any process may join with id and key (abi.md 7). */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

#include "event.h"
#include "list.h"
#include "object.h"

struct kernel;
struct process;
struct thread;

struct pipe {
    struct object object;
    struct list all;     /* in kernel->pipes */
    struct list members; /* struct pipe_member */
    struct list readers, writers; /* threads in line, first come first */
    uint64_t key, member_count;
    uint64_t written, read; /* bytes ever: the ring holds the difference */
    bool was_joined;        /* it has had a second member */
    struct account *account; /* of its oldest member */
    uint8_t *ring;
};

struct pipe_member {
    struct list in_pipe;  /* in pipe->members, by age */
    struct list in_process;
    struct pipe *pipe;
    struct process *process;
    struct account *account;
    struct event_slot slot; /* PIPE_RELEASED to this member */
};

/* Takes a sleeping thread out of its line (its end, or its release); the call's partial count stays
 * with the caller of this. */
void pipe_leave_line(struct kernel *kernel, struct thread *thread);
void pipe_end_all(struct kernel *kernel, struct process *process);
