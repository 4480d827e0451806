/* SPDX-License-Identifier: MIT */
#pragma once

/* Watches of processes: PROCESS_EXIT and CLASS_CHANGED for whoever asked (interface.md 3). */

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "list.h"
#include "tree.h"

struct kernel;
struct process;

struct watch {
    struct list on_target;      /* in target->watched_by; alone once the target is gone */
    struct list owned;          /* in owner->watches */
    struct tree_node by_target; /* in owner->watches_by_pid */
    struct process *owner;
    uint64_t target, cookie;
    bool is_target_gone; /* lives only until its event is taken */
    struct event_slot exit, changed;
};

/* Room for a watch, not set yet: 0, TR_E_LIMIT or TR_E_NOMEM. */
int64_t watch_reserve(struct kernel *kernel, struct process *owner, struct watch **watch);
void watch_unreserve(struct kernel *kernel, struct process *owner, struct watch *watch);
/* Sets a reserved one on a live process. Cannot fail. */
void watch_begin(struct watch *watch, struct process *target, uint64_t cookie);

/* Tells the watchers. */
void watch_class_changed(struct kernel *kernel, struct process *process);
void watch_exit(struct kernel *kernel, struct process *process, int64_t code, uint32_t how,
                uint64_t by, uint32_t by_class);
/* Ends all watches that the process has set. */
void watch_end_all(struct kernel *kernel, struct process *process);
