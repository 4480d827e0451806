/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include <terrarium/error.h>

#include "call.h"
#include "state.h"

static void watch_free(struct kernel *kernel, struct watch *watch)
{
    event_cancel(&watch->exit);
    event_cancel(&watch->changed);
    list_remove(&watch->on_target);
    list_remove(&watch->owned);
    tree_remove(&watch->owner->watches_by_pid, &watch->by_target);
    pool_give(kernel, &kernel->pools.watch, watch->owner->account, watch);
}

static void exit_taken(struct kernel *kernel, struct process *process, struct event_slot *slot,
                       bool delivered)
{
    (void)process;
    (void)delivered;
    struct watch *watch = CONTAINER(slot, struct watch, exit);
    if (watch->is_target_gone) {
        watch_free(kernel, watch);
    }
}

int64_t watch_reserve(struct kernel *kernel, struct process *owner, struct watch **watch)
{
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.watch, owner->account, &record);
    if (result < 0) {
        return result;
    }
    *watch = record;
    (*watch)->owner = owner;
    list_init(&(*watch)->on_target);
    list_init(&(*watch)->owned);
    event_slot_init(&(*watch)->exit, exit_taken);
    event_slot_init(&(*watch)->changed, NULL);
    return 0;
}

void watch_unreserve(struct kernel *kernel, struct process *owner, struct watch *watch)
{
    pool_give(kernel, &kernel->pools.watch, owner->account, watch);
}

static void enter(struct watch *watch, uint64_t pid, uint64_t cookie)
{
    watch->target = pid;
    watch->cookie = cookie;
    list_append(&watch->owner->watches, &watch->owned);
    tree_insert(&watch->owner->watches_by_pid, &watch->by_target, pid);
}

void watch_begin(struct watch *watch, struct process *target, uint64_t cookie)
{
    enter(watch, target->object.id, cookie);
    list_append(&target->watched_by, &watch->on_target);
}

void watch_class_changed(struct kernel *kernel, struct process *process)
{
    LIST_FOR (link, &process->watched_by) {
        struct watch *watch = CONTAINER(link, struct watch, on_target);
        const struct tr_event changed = {.kind = TR_EVENT_CLASS_CHANGED,
                                         .object = process->object.id,
                                         .source_class = process->process_class,
                                         .count = 1,
                                         .cookie = watch->cookie};
        event_raise(kernel, watch->owner, &watch->changed, &changed);
    }
}

static void tell_exit(struct kernel *kernel, struct watch *watch, int64_t code, uint32_t how,
                      uint64_t by, uint32_t by_class)
{
    const struct tr_event exit = {.kind = TR_EVENT_PROCESS_EXIT,
                                  .flags = how,
                                  .object = watch->target,
                                  .source_pid = by,
                                  .source_class = by_class,
                                  .count = 1,
                                  .size = (uint64_t)code,
                                  .cookie = watch->cookie};
    watch->is_target_gone = true;
    event_raise(kernel, watch->owner, &watch->exit, &exit);
}

void watch_exit(struct kernel *kernel, struct process *process, int64_t code, uint32_t how,
                uint64_t by, uint32_t by_class)
{
    LIST_FOR_SAFE (link, &process->watched_by) {
        list_remove(link);
        tell_exit(kernel, CONTAINER(link, struct watch, on_target), code, how, by, by_class);
    }
}

void watch_end_all(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->watches)) {
        watch_free(kernel, CONTAINER(process->watches.next, struct watch, owned));
    }
}

static struct watch *watch_of(const struct process *owner, uint64_t pid)
{
    struct tree_node *node = tree_find(&owner->watches_by_pid, pid);
    return node == NULL ? NULL : CONTAINER(node, struct watch, by_target);
}

int64_t call_process_watch(struct kernel *kernel, uint64_t pid, uint64_t cookie)
{
    struct process *owner = kernel_caller(kernel);
    if (pid == owner->object.id) {
        return TR_E_INVAL;
    }
    if (pid == 0 || pid > kernel->objects.last_id[OBJECT_PROCESS]) {
        return TR_E_NOENT;
    }
    struct watch *watch = watch_of(owner, pid);
    if (watch != NULL) {
        watch->cookie = cookie;
        watch->exit.event.cookie = cookie;
        watch->changed.event.cookie = cookie;
        return 0;
    }
    int64_t result = watch_reserve(kernel, owner, &watch);
    if (result < 0) {
        return result;
    }
    struct process *target = process_find(kernel, pid);
    if (target != NULL) {
        watch_begin(watch, target, cookie);
        return 0;
    }
    enter(watch, pid, cookie);
    tell_exit(kernel, watch, 0, 0, 0, 0);
    return 0;
}

int64_t call_process_unwatch(struct kernel *kernel, uint64_t pid)
{
    struct watch *watch = watch_of(kernel_caller(kernel), pid);
    if (watch == NULL) {
        return TR_E_NOENT;
    }
    watch_free(kernel, watch);
    return 0;
}
