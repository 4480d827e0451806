/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared memory: counted pages in more than one space (interface.md 8). shared.c has the objects
 * and their frames, shared_member.c who maps them, shared_calls.c the calls. */

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
    uint64_t held;    /* frames it has, from the first on: all, but while they are given back */
    uint32_t granted; /* prot for others */
    bool is_ready;    /* all pages are cleared, and it is not about to go: it may be joined */
    bool is_sealed;
    uint64_t creator;        /* pid */
    bool is_lent;            /* TR_SHARED_FROM: shared_lent.c */
    struct process *lender;  /* whose map this lies over; NULL: it has none any more */
    struct list lent;        /* in lender->lent */
    uint64_t lent_va;        /* where that map lies */
    struct account *account; /* of its oldest member: charged for the record and `frames` */
    uint32_t *frames;        /* one per page, in frames of use FRAME_KERNEL */
    uint32_t frames_order;
};

/* made -> opening -> whole -> closing -> gone. The entries of all its pages are there from the
 * beginning to the end; those that are not open allow nothing. */
struct shared_member {
    struct tree_node by_pid;
    struct list in_shared, in_process;
    struct shared *shared;
    struct process *process; /* its account is charged */
    uint64_t va;
    uint64_t open;          /* pages that name their frames, from the first on */
    uint32_t prot;          /* the most that its pages may allow; 0 unless it is whole */
    bool has_joined;        /* it has been whole: it counts, and its end is announced */
    struct thread *worker;  /* opens or closes it in steps. NULL: it is whole, and calls find it */
    bool is_lender;         /* it has no pages beside those of its map */
    struct event_slot slot; /* SHARED_RELEASED to this member */
};

/* A membership of the process that covers any of these pages, NULL: none. */
struct shared_member *shared_member_in(struct process *process, uint64_t va, uint64_t pages);
static inline struct shared_member *shared_member_at(struct process *process, uint64_t va)
{
    return shared_member_in(process, va, 1);
}
/* A step towards the end of a membership: at most STEP_PAGES pages are closed, or frames given back
 * if it is the last. True: it is gone. The thread's end in between is told by shared_abort. */
bool shared_leave_step(struct kernel *kernel, struct shared_member *member, struct thread *thread);
/* The thread ends while it opens or closes memberships: they end. A thread_step_abort. */
void shared_abort(struct kernel *kernel, struct thread *thread);
void shared_end_all(struct kernel *kernel, struct process *process);
/* Pages of the shared memories whose oldest member the process is: interface.md 8, "charged to". */
uint64_t shared_pages_charged(const struct process *process);

/* ---- Between the files of shared memory ----------------------------------------------------- */

/* The object with its frames, contents undefined, and without members; nothing finds it yet. 0,
 * TR_E_LIMIT or TR_E_NOMEM. */
int64_t shared_make(struct kernel *kernel, struct account *account, uint64_t pages,
                    struct shared **made);
/* The same over successive frames that are not its own, from `frame` on. */
int64_t shared_make_over(struct kernel *kernel, struct account *account, uint64_t pages,
                         uint32_t frame, struct shared **made);
void shared_free(struct kernel *kernel, struct shared *shared);
/* Gives back at most `most` of its frames. True: it has none any more. */
bool shared_give(struct kernel *kernel, struct shared *shared, uint64_t most);
/* The oldest member pays. It may exceed its quota by that: leaving cannot fail. */
void shared_recharge(struct kernel *kernel, struct shared *shared);
struct shared *shared_find(struct kernel *kernel, uint64_t id);

/* A record, and a place in the process's space with its tables. 0, TR_E_LIMIT or TR_E_NOMEM. */
int64_t shared_member_make(struct kernel *kernel, struct process *process, uint64_t pages,
                           uint64_t hint, struct shared_member **made);
/* Reserves the pages and makes it known; the thread is going to open it. */
void shared_member_enter(struct kernel *kernel, struct shared *shared, struct shared_member *member,
                         struct thread *thread);
/* Opens at most STEP_PAGES further pages so that they allow `prot`. True: all are open. */
bool shared_member_open(struct kernel *kernel, struct shared_member *member, uint32_t prot);
/* All pages are open: calls find it from now on. */
void shared_member_is_whole(struct shared_member *member, uint32_t prot);
/* How many there are, without those that are still joining. */
uint64_t shared_members(const struct shared *shared);
/* Ends it at once. */
void shared_leave(struct kernel *kernel, struct shared_member *member, bool has_died);
/* NULL: no such memory, or the process is no member that is whole. */
struct shared_member *shared_member_find(struct kernel *kernel, uint64_t id,
                                         const struct process *process);
