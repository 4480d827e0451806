/* SPDX-License-Identifier: MIT */
#pragma once

/* A kernel in which there is one of everything that the audit looks at, and the functions that
 * break it: for each row of kernel/audit.def one that leaves the kernel so that the audit says this
 * sentence, before any other. A damage may do anything: all is put back afterwards. */

#include "kernel/device.h"
#include "kernel/irq.h"
#include "kernel/message.h"
#include "kernel/physical.h"
#include "kernel/pipe.h"
#include "kernel/scheduler.h"
#include "kernel/shared.h"
#include "kernel/state.h"
#include "kernel/watch.h"
#include "unit.h"

struct world {
    struct machine *machine;
    struct kernel *kernel;
    struct process *runner;  /* runs; holds most of what there is, with events in its queue */
    struct process *ready;   /* may run; a member of the runner's pipes and shared memory */
    struct process *stopped; /* suspended */
    struct process *sleeper; /* sleeps for a time */
    struct process *waiter;  /* waits for events */
    struct process *callee;  /* has three messages of the runner, and the call of ... */
    struct process *caller;  /* ... this one, which waits for the reply */
    struct process *reader;  /* sleeps at `empty`; also a member of `full` */
    struct process *writer;  /* sleeps at `full` */
    struct process *source;  /* writes much to `moving`; its thread is suspended ... */
    struct process *mover;   /* ... and so is this one's, which reads and is between two steps */
    struct process *driver;  /* has a device, ports, maps; listens to two lines, and owes */
    struct process *nobody;  /* the record of a process that is not there */
    struct thread *stray;    /* the record of a thread of `ready` that is not there */
    struct pipe *empty, *full, *moving;
    struct shared *shared, *lent;
    struct event_slot *spare_slot; /* of nobody */
    struct world_copy *copy;
};

void world_begin(struct world *world);
/* As after any other unit test. */
void world_end(struct world *world);

/* Keeps what the machine and its memory are like, and puts it back if it was kept. */
void world_save(struct world *world);
void world_restore(struct world *world);

/* The only thread of a process. */
struct thread *world_thread(const struct process *process);
/* The list loses the link, which does not know of it. */
void world_unlink(const struct list *link);
/* A frame of one use is said to be of another, and is so counted. */
void world_retag(const struct world *world, enum frame_use from, enum frame_use to);
#define FIRST(list, type, member) CONTAINER((list)->next, type, member)
#define LAST(list, type, member)  CONTAINER((list)->prev, type, member)

#define DAMAGE(name)          void damage_##name(const struct world *world)
#define AUDIT(name, sentence) DAMAGE(name);
#include "kernel/audit.def"
#undef AUDIT
