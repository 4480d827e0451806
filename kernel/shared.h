/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared memory: counted pages in more than one space (abi.md 8). Also the penalty for wrong keys,
 * which pipes share. */

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

struct shared {
    struct object object;
    struct list all;     /* in kernel->shareds */
    struct list members; /* struct shared_member, by age */
    struct tree by_pid;  /* the same */
    uint64_t key, pages, member_count;
    uint64_t made;    /* pages that have been cleared; below `pages`: not to be found yet */
    uint32_t granted; /* prot for others */
    bool is_sealed;
    uint64_t creator;        /* pid */
    struct account *account; /* of its oldest member: charged for the record and `frames` */
    uint32_t *frames;        /* one per page, in frames of use FRAME_KERNEL */
    uint32_t frames_order;
};

struct shared_member {
    struct tree_node by_pid;
    struct list in_shared, in_process;
    struct shared *shared;
    struct process *process; /* its account is charged */
    uint64_t va;
    uint32_t prot;          /* the most that its pages may allow */
    struct event_slot slot; /* SHARED_RELEASED to this member */
};

/* The membership of a process that covers an address, NULL: none. */
struct shared_member *shared_member_at(struct process *process, uint64_t va);
/* Leaves, unmapping; the event says whether the member has died. */
void shared_leave(struct kernel *kernel, struct shared_member *member, bool has_died);
void shared_end_all(struct kernel *kernel, struct process *process);
/* Pages of the shared memories whose oldest member the process is: abi.md 8, "charged to". */
uint64_t shared_pages_charged(const struct process *process);

/* A wrong join: gives TR_E_ACCES, at once or after the penalty (CALL_LATER). */
int64_t join_refused(struct kernel *kernel);
/* Whether the running thread may try a key now: 0, or TR_E_AGAIN for a non-blocking thread that
 * would have to sleep if the key were wrong. */
int64_t join_may_try(struct kernel *kernel);
