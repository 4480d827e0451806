/* SPDX-License-Identifier: MIT */
#pragma once

/* What the files of the audit share: audit.c (what runs and waits), audit_frames.c (all memory) and
 * audit_records.c (who knows which record). It believes no counter, changes nothing, and may be
 * called between any two entries. */

#include <stdbool.h>
#include <stdint.h>

struct kernel;
struct process;

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
    uint64_t threads, messages;
    uint64_t ready; /* threads found in run queues */
};

/* Tells the first fault; counts all. */
void audit_check(struct audit *audit, bool is_fine, enum audit_sentence what);

/* What one process has mapped: before audit_frames. */
void audit_memory(struct audit *audit, const struct process *process);
/* Every frame is free or found where it is said to be. */
void audit_frames(struct audit *audit);
/* Each record is where its owner keeps it, nothing names what is dead, and no pool holds one that
 * nobody knows. */
void audit_records(struct audit *audit);
