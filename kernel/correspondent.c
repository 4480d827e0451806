/* SPDX-License-Identifier: MIT */
#include "correspondent.h"

#include <terrarium/error.h>

#include "state.h"

static void correspondent_free(struct kernel *kernel, struct process *receiver,
                               struct correspondent *one)
{
    tree_remove(&receiver->correspondents, &one->node);
    pool_give(kernel, &kernel->pools.correspondent, one->account, one);
}

int64_t correspondent_get(struct kernel *kernel, struct process *receiver,
                          const struct process *sender, uint64_t size, struct correspondent **found)
{
    const struct tr_system_limits *limits = &kernel->config.limits;
    struct tree_node *node = tree_find(&receiver->correspondents, sender->object.id);
    if (node != NULL) {
        struct correspondent *one = CONTAINER(node, struct correspondent, node);
        *found = one;
        bool is_full = one->messages >= limits->messages_per_sender ||
                       one->bytes + size > limits->bytes_per_sender;
        return is_full ? TR_E_LIMIT : 0;
    }
    if (size > limits->bytes_per_sender) {
        return TR_E_LIMIT;
    }
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.correspondent, sender->account, &record);
    if (result < 0) {
        return result;
    }
    *found = record;
    (*found)->account = sender->account;
    tree_insert(&receiver->correspondents, &(*found)->node, sender->object.id);
    return 0;
}

void correspondent_add(struct correspondent *one, uint64_t size)
{
    one->messages++;
    one->bytes += size;
}

void correspondent_release(struct kernel *kernel, struct process *receiver,
                           struct correspondent *one)
{
    if (one->messages != 0) {
        return;
    }
    struct correspondent *kept = receiver->idle_correspondent;
    if (kept != NULL && kept != one && kept->messages == 0) {
        correspondent_free(kernel, receiver, kept);
    }
    receiver->idle_correspondent = one;
}

void correspondent_remove(struct kernel *kernel, struct process *receiver,
                          struct correspondent *one, uint64_t size)
{
    one->messages--;
    one->bytes -= size;
    correspondent_release(kernel, receiver, one);
}

void correspondent_end(struct kernel *kernel, struct process *receiver)
{
    if (receiver->idle_correspondent != NULL) {
        correspondent_free(kernel, receiver, receiver->idle_correspondent);
        receiver->idle_correspondent = NULL;
    }
}
