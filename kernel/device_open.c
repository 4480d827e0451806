/* SPDX-License-Identifier: MIT */
/* Who holds which device open. A process has at most one record per device. It outlives the open
 * until the event of its end has been taken: DEVICE_CLOSED by the driver, or DEVICE_REMOVED by the
 * opener. A process that opens again before that gets its record back, so that opening and closing
 * for ever fills no queue. */

#include <terrarium/error.h>

#include "call.h"
#include "device.h"
#include "state.h"

static void open_free(struct kernel *kernel, struct device_open *open)
{
    event_cancel(&open->closed);
    event_cancel(&open->removed);
    list_remove(&open->in_process);
    if (open->device != NULL) {
        list_remove(&open->on_device);
        tree_remove(&open->device->by_pid, &open->by_pid);
    }
    pool_give(kernel, &kernel->pools.device_open, open->account, open);
}

static void closed_taken(struct kernel *kernel, struct process *driver, struct event_slot *slot,
                         bool delivered)
{
    (void)driver;
    (void)delivered;
    struct device_open *open = CONTAINER(slot, struct device_open, closed);
    if (open->process == NULL) {
        open_free(kernel, open);
    }
}

static void removed_taken(struct kernel *kernel, struct process *process, struct event_slot *slot,
                          bool delivered)
{
    (void)process;
    (void)delivered;
    open_free(kernel, CONTAINER(slot, struct device_open, removed));
}

static struct device_open *record_of(const struct device *device, uint64_t pid)
{
    struct tree_node *node = tree_find(&device->by_pid, pid);
    return node == NULL ? NULL : CONTAINER(node, struct device_open, by_pid);
}

static struct device_open *open_of(const struct device *device, uint64_t pid)
{
    struct device_open *open = record_of(device, pid);
    return open == NULL || open->process == NULL ? NULL : open;
}

/* The record may be gone afterwards. */
static void open_close(struct kernel *kernel, struct device_open *open)
{
    struct device *device = open->device;
    const struct tr_event closed = {.kind = TR_EVENT_DEVICE_CLOSED,
                                    .object = device->object.id,
                                    .source_pid = open->process->object.id,
                                    .source_class = open->process->process_class,
                                    .count = 1,
                                    .cookie = device->cookie};
    list_remove(&open->in_process);
    open->process = NULL;
    device->open_count--;
    device->is_exclusive = false;
    event_raise(kernel, device->driver, &open->closed, &closed);
}

void device_open_removed(struct kernel *kernel, struct device *device)
{
    const struct tr_event removed = {.kind = TR_EVENT_DEVICE_REMOVED,
                                     .object = device->object.id,
                                     .source_pid = device->driver->object.id,
                                     .source_class = device->driver->process_class,
                                     .count = 1};
    while (!list_is_empty(&device->opens)) {
        struct device_open *open = CONTAINER(device->opens.next, struct device_open, on_device);
        if (open->process == NULL || open->process->is_ending) {
            open_free(kernel, open);
            continue;
        }
        event_cancel(&open->closed);
        list_remove(&open->on_device);
        tree_remove(&device->by_pid, &open->by_pid);
        open->device = NULL;
        event_raise(kernel, open->process, &open->removed, &removed);
    }
}

void device_open_end(struct kernel *kernel, struct process *process, uint32_t process_class)
{
    LIST_FOR_SAFE (link, &process->opens) {
        struct device_open *open = CONTAINER(link, struct device_open, in_process);
        if (open->device == NULL) {
            if (process_class == TR_KERNEL) {
                open_free(kernel, open);
            }
        } else if (open->device->exposure < process_class) {
            open_close(kernel, open);
        }
    }
}

static int64_t record_make(struct kernel *kernel, struct device *device,
                           const struct process *process, struct device_open **made)
{
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.device_open, process->account, &record);
    if (result < 0) {
        return result;
    }
    struct device_open *open = record;
    open->device = device;
    open->account = process->account;
    event_slot_init(&open->removed, removed_taken);
    event_slot_init(&open->closed, closed_taken);
    list_append(&device->opens, &open->on_device);
    tree_insert(&device->by_pid, &open->by_pid, process->object.id);
    *made = open;
    return 0;
}

int64_t call_device_open(struct kernel *kernel, uint64_t id, uint32_t flags)
{
    struct process *process = kernel_caller(kernel);
    if ((flags & ~TR_EXCLUSIVE) != 0) {
        return TR_E_INVAL;
    }
    bool is_exclusive = (flags & TR_EXCLUSIVE) != 0;
    struct device *device = device_seen(kernel, id, process);
    if (device == NULL) {
        return TR_E_NOENT;
    }
    struct device_open *open = record_of(device, process->object.id);
    if (open != NULL && open->process != NULL) {
        return TR_E_EXIST;
    }
    if (device->is_exclusive || (is_exclusive && device->open_count > 0)) {
        return TR_E_BUSY;
    }
    if (open == NULL) {
        int64_t result = record_make(kernel, device, process, &open);
        if (result < 0) {
            return result;
        }
    }
    list_append(&process->opens, &open->in_process);
    open->process = process;
    open->is_exclusive = is_exclusive;
    device->is_exclusive = is_exclusive;
    device->open_count++;
    return 0;
}

int64_t call_device_close(struct kernel *kernel, uint64_t id)
{
    const struct object *object = object_find(kernel, OBJECT_DEVICE, id);
    if (object == NULL) {
        return TR_E_NOENT;
    }
    const struct device *device = CONTAINER(object, const struct device, object);
    struct device_open *open = open_of(device, kernel_caller(kernel)->object.id);
    if (open == NULL) {
        return TR_E_NOENT;
    }
    open_close(kernel, open);
    return 0;
}

int64_t call_device_holder(struct kernel *kernel, uint64_t id, uint64_t pid)
{
    const struct process *process = kernel_caller(kernel);
    const struct device *device = device_seen(kernel, id, process);
    if (device == NULL || process_find(kernel, pid) == NULL) {
        return TR_E_NOENT;
    }
    if (device->driver != process) {
        return TR_E_PERM;
    }
    const struct device_open *open = open_of(device, pid);
    if (open == NULL) {
        return 0;
    }
    return open->is_exclusive ? 2 : 1;
}
