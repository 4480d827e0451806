/* SPDX-License-Identifier: MIT */
#pragma once

/* How many unread messages a receiver holds of one sender, which is limited. Made for the first of
 * them out of the sender's quota, gone with the last; but one without any is kept for the next. */

#include <stdint.h>

#include "tree.h"

struct account;
struct kernel;
struct process;

struct correspondent {
    struct tree_node node;   /* in receiver->correspondents; key: the sender's pid */
    struct account *account; /* the sender's */
    uint64_t messages, bytes;
};

/* Finds or makes it, if it may hold one more message of so many bytes; nothing is counted yet: call
 * correspondent_add, or correspondent_release if nothing comes of it. 0 with *found set, or
 * TR_E_LIMIT, TR_E_NOMEM. */
int64_t correspondent_get(struct kernel *kernel, struct process *receiver,
                          const struct process *sender, uint64_t size,
                          struct correspondent **found);
void correspondent_add(struct correspondent *one, uint64_t size);
/* One message less of so many bytes. */
void correspondent_remove(struct kernel *kernel, struct process *receiver,
                          struct correspondent *one, uint64_t size);
/* If nothing is counted in it, keeps it for the next time and drops the one kept before. */
void correspondent_release(struct kernel *kernel, struct process *receiver,
                           struct correspondent *one);
/* The receiver ends; nothing is unread any more. */
void correspondent_end(struct kernel *kernel, struct process *receiver);
