/* SPDX-License-Identifier: MIT */
/* Making, ending and finding processes.
 *
 *   process_make -> (filled by its maker) -> process_admit -> alive -> process_end
 *   process_make -> process_unmake, if filling fails: it has never been seen
 *
 * Invariant: a process is in kernel->processes, the object table and a name bucket from admit to
 * end, and only then. */

#include "process.h"

#include <terrarium/error.h>

#include "boot.h"
#include "device.h"
#include "irq.h"
#include "message.h"
#include "name.h"
#include "physical.h"
#include "pipe.h"
#include "shared.h"
#include "space_pool.h"
#include "state.h"
#include "string.h"
#include "system.h"
#include "watch.h"

static const char class_letter[] = {'d', 's', 'a'};

bool process_name_is_valid(const char *name)
{
    uint64_t length = 0;
    for (; name[length] != 0; length++) {
        if (name[length] < 0x21 || name[length] > 0x7e || name[length] == '\\') {
            return false;
        }
    }
    return length >= 1 && length <= TR_NAME_MAX - 3;
}

const char *process_short_name(const struct process *process)
{
    return process->name + 2;
}

static struct list *name_bucket(struct kernel *kernel, const char *name)
{
    return &kernel->names[name_hash(name) % KERNEL_NAMES];
}

/* Into its bucket, by pid. */
static void name_enter(struct kernel *kernel, struct process *process)
{
    struct list *bucket = name_bucket(kernel, process->name);
    struct list *place = bucket;
    while (place->prev != bucket &&
           CONTAINER(place->prev, struct process, named)->object.id > process->object.id) {
        place = place->prev;
    }
    list_insert_before(place, &process->named);
}

static void name_write(struct process *process, uint32_t process_class, const char *short_name)
{
    char name[TR_NAME_MAX] = {class_letter[process_class], '\\'};
    for (uint64_t i = 0; short_name[i] != 0 && i < TR_NAME_MAX - 3; i++) {
        name[i + 2] = short_name[i];
    }
    memcpy(process->name, name, sizeof(name));
}

void process_rename(struct kernel *kernel, struct process *process, uint32_t process_class,
                    const char *short_name)
{
    list_remove(&process->named);
    name_write(process, process_class, short_name);
    name_enter(kernel, process);
}

static void lists_init(struct process *process)
{
    struct list *lists[] = {
        &process->named,   &process->threads,    &process->events,  &process->waiters,
        &process->inbox,   &process->watched_by, &process->watches, &process->pipes,
        &process->shareds, &process->devices,    &process->opens,   &process->device_watches,
        &process->irqs,    &process->ports,      &process->maps,    &process->lent};
    for (uint64_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        list_init(lists[i]);
    }
}

/* The records of a process: all or none. */
static int64_t records_take(struct kernel *kernel, uint32_t process_class, struct process **process)
{
    struct account *account;
    void *record;
    void *grave;
    int64_t result = account_create(kernel, process_class, &account);
    if (result < 0) {
        return result;
    }
    result = pool_take(kernel, &kernel->pools.process, account, &record);
    if (result == 0) {
        result = pool_take(kernel, &kernel->pools.grave, &kernel->root_account, &grave);
        if (result < 0) {
            pool_give(kernel, &kernel->pools.process, account, record);
        }
    }
    if (result < 0) {
        account_orphan(kernel, account);
        return result;
    }
    *process = record;
    (*process)->account = account;
    (*process)->grave = grave;
    return 0;
}

static void records_give(struct kernel *kernel, struct process *process)
{
    struct account *account = process->account;
    pool_give(kernel, &kernel->pools.process, account, process);
    account_orphan(kernel, account);
}

/* A pooled space of the right shape, or a fresh one. */
static int64_t space_get(struct kernel *kernel, struct process *process,
                         const struct process_plan *plan)
{
    if (plan->shape != NULL && plan->shape->count > 0) {
        process->grave->shape = *plan->shape;
        if (space_pool_take(kernel, process->account, plan->shape, &process->space)) {
            return 0;
        }
    }
    return space_create(kernel, &process->space, process->account, plan->is_host);
}

int64_t process_make(struct kernel *kernel, const struct process_plan *plan,
                     struct process **process)
{
    struct process *made;
    int64_t result = records_take(kernel, plan->process_class, &made);
    if (result < 0) {
        return result;
    }
    result = space_get(kernel, made, plan);
    if (result < 0) {
        pool_give(kernel, &kernel->pools.grave, &kernel->root_account, made->grave);
        records_give(kernel, made);
        return result;
    }
    lists_init(made);
    event_slot_init(&made->save_state, NULL);
    made->parent = plan->parent;
    made->process_class = plan->process_class;
    made->flags = plan->flags & (TR_SPAWN_MANAGER | TR_SPAWN_NO_SPAWN);
    made->is_suspended = (plan->flags & TR_SPAWN_SUSPENDED) != 0;
    made->has_run = !made->is_suspended;
    made->accept_mask =
        TR_CLASS_MASK(TR_DRIVER) | TR_CLASS_MASK(TR_SERVER) | TR_CLASS_MASK(TR_APPLICATION);
    name_write(made, plan->process_class, plan->name);
    list_append(&kernel->forming, &made->named);
    *process = made;
    return 0;
}

void process_unmake(struct kernel *kernel, struct process *process)
{
    list_remove(&process->named);
    space_end(kernel, &process->space, process->grave);
    records_give(kernel, process);
    space_reap(kernel, STEP_PAGES);
}

void process_admit(struct kernel *kernel, struct process *process)
{
    object_enter(kernel, &process->object, OBJECT_PROCESS);
    tree_insert(&kernel->processes, &process->by_id, process->object.id);
    kernel->process_count++;
    list_remove(&process->named);
    name_enter(kernel, process);
    trace(kernel, TR_TRACE_SPAWN, process->object.id, process->process_class, process->parent, 0);
    LIST_FOR (link, &process->threads) {
        thread_admit(kernel, CONTAINER(link, struct thread, siblings));
    }
    log_reader_changed(kernel);
}

static void threads_end_all(struct kernel *kernel, struct process *process, int64_t code)
{
    while (!list_is_empty(&process->threads)) {
        thread_end(kernel, CONTAINER(process->threads.next, struct thread, siblings), code);
    }
}

/* Gives back everything the process holds; the order is that of interface.md 3. */
static void holdings_end_all(struct kernel *kernel, struct process *process)
{
    message_end_all(kernel, process);
    device_end_all(kernel, process);
    port_end_all(kernel, process);
    irq_end_all(kernel, process);
    pipe_end_all(kernel, process);
    shared_end_all(kernel, process);
    physical_end_all(kernel, process);
    watch_end_all(kernel, process);
    timer_end_all(kernel, process);
    event_drop_all(kernel, process);
}

void process_end(struct kernel *kernel, struct process *process, int64_t code, uint32_t how,
                 uint64_t by)
{
    const struct process *actor = by == 0 ? NULL : process_find(kernel, by);
    uint32_t by_class = actor == NULL ? TR_KERNEL : actor->process_class;
    trace(kernel, TR_TRACE_END, process->object.id, (uint64_t)code, how, by);
    process->is_ending = true;
    threads_end_all(kernel, process, code);
    object_leave(kernel, &process->object);
    tree_remove(&kernel->processes, &process->by_id);
    list_remove(&process->named);
    kernel->process_count--;
    holdings_end_all(kernel, process);
    watch_exit(kernel, process, code, how, by, by_class);
    boot_process_ended(kernel, process, code, how, by);
    system_process_gone(kernel, process);
    if (kernel->log.reader == process) {
        kernel->log.reader = NULL;
    }
    if (!space_pool_put(kernel, &process->space, process->grave)) {
        space_end(kernel, &process->space, process->grave);
    }
    records_give(kernel, process);
    space_reap(kernel, STEP_PAGES);
    log_reader_changed(kernel);
}

struct process *process_find(struct kernel *kernel, uint64_t pid)
{
    struct object *object = object_find(kernel, OBJECT_PROCESS, pid);
    return object == NULL ? NULL : CONTAINER(object, struct process, object);
}

struct process *process_of_name(struct kernel *kernel, const char *full_name, uint64_t after)
{
    struct list *bucket = name_bucket(kernel, full_name);
    LIST_FOR (link, bucket) {
        struct process *process = CONTAINER(link, struct process, named);
        if (process->object.id > after && !process->is_blank &&
            name_equals(process->name, full_name)) {
            return process;
        }
    }
    return NULL;
}

struct process *process_after(struct kernel *kernel, uint64_t pid)
{
    struct tree_node *node = tree_above(&kernel->processes, pid);
    return node == NULL ? NULL : CONTAINER(node, struct process, by_id);
}

uint32_t process_shown_state(const struct process *process)
{
    if (process->is_blank) {
        return TR_SPAWNING;
    }
    if (process->is_suspended) {
        return TR_SUSPENDED;
    }
    uint32_t shown = TR_SLEEPING;
    LIST_FOR (link, &process->threads) {
        uint32_t state = thread_shown_state(CONTAINER(link, struct thread, siblings));
        if (state == TR_RUNNING) {
            return TR_RUNNING;
        }
        if (state == TR_READY) {
            shown = TR_READY;
        }
    }
    return shown;
}

void process_fill_info(struct kernel *kernel, const struct process *process,
                       struct tr_process_info *info)
{
    memset(info, 0, sizeof(*info));
    const struct thread *running = kernel->cpu.current;
    info->pid = process->object.id;
    info->parent = process->parent;
    info->process_class = process->process_class;
    info->flags = process->flags;
    info->state = process_shown_state(process);
    info->threads = process->thread_count;
    info->pages = process->space.pages + shared_pages_charged(process);
    info->messages_queued = process->unread;
    info->cpu_time = process->cpu_time;
    if (running != NULL && running->process == process) {
        info->cpu_time += hal_time(kernel->machine) - kernel->cpu.running_since;
    }
    info->lowest = process->space.hal.base + process->space.low;
    info->highest = process->space.hal.base + process->space.hal.size - 1;
    memcpy(info->name, process->name, TR_NAME_MAX);
}

/* interface.md 2, rows "spawn, create, load a class", "give the manager flag", "a process named
 * log". */
int64_t process_may_spawn(const struct process *actor, uint32_t process_class, uint32_t flags,
                          const char *name)
{
    bool is_powerful = actor->process_class == TR_DRIVER || (actor->flags & TR_SPAWN_MANAGER) != 0;
    bool is_refused = (actor->flags & TR_SPAWN_NO_SPAWN) != 0 ||
                      (!is_powerful && process_class < actor->process_class) ||
                      (!is_powerful && (flags & TR_SPAWN_MANAGER) != 0) ||
                      (actor->process_class == TR_APPLICATION && name_equals(name, "log"));
    return is_refused ? TR_E_PERM : 0;
}
