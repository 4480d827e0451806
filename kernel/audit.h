/* SPDX-License-Identifier: MIT */
#pragma once

/* What the files of the audit share: audit.c (what runs), audit_processes.c (threads and messages),
 * audit_records.c and audit_drivers.c (who knows which record), audit_events.c (events and alarms),
 * audit_accounts.c (who pays) and audit_frames.c (all memory). It believes no counter, changes
 * nothing, and may be called between any two entries. */

#include <stdbool.h>
#include <stdint.h>

#include "object.h"

struct kernel;
struct process;
struct thread;
struct tree;

enum audit_sentence {
#define AUDIT(name, sentence) AUDIT_##name,
#include "audit.def"
#undef AUDIT
    AUDIT_SENTENCES
};

struct audit {
    struct kernel *kernel;
    char *text; /* about the first fault */
    uint64_t size, faults;
    bool is_whole; /* down to every frame; else only what is cheap enough for every entry */
    uint64_t tables, user, bodies, dma; /* frames found in use */
    uint64_t user_sum;                  /* over the numbers of private pages' frames */
    uint64_t objects[OBJECT_TYPES];
    uint64_t ready, running; /* threads found to be so */
    uint64_t callers, calls; /* threads that wait for a reply, messages that know of one */
};

/* Tells the first fault; counts all. */
void audit_check(struct audit *audit, bool is_fine, enum audit_sentence what);

/* Whether a thread that is said to work on something in steps (NULL: nobody) does. */
bool audit_is_working(const struct process *process, const struct thread *thread);
bool audit_is_alive(struct audit *audit, const struct process *process);
/* One of a kind that the object table finds. */
void audit_object(struct audit *audit, const struct object *object, enum object_type type);
/* How many nodes it has. */
uint64_t audit_tree(struct audit *audit, const struct tree *tree);

/* Processes, their threads and messages. */
void audit_processes(struct audit *audit);
/* What one process has mapped: before audit_frames. */
void audit_memory(struct audit *audit, const struct process *process);
/* Every frame is free or found where it is said to be. */
void audit_frames(struct audit *audit);
/* Each record is where its owner keeps it, nothing names what is dead, and no pool holds one that
 * nobody knows. */
void audit_records(struct audit *audit);
/* Devices, interrupt lines, ports and maps. */
void audit_drivers(struct audit *audit);
/* Each queued event is in the slot of a record that its process holds; each alarm is somebody's. */
void audit_events(struct audit *audit);
/* What accounts are charged is what there is. */
void audit_accounts(struct audit *audit);
