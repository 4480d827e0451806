/* SPDX-License-Identifier: MIT */
/* Device objects: found by id in a tree and by name in a table of buckets. */

#include "device.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "name.h"
#include "state.h"
#include "string.h"

static struct list *bucket_of(struct kernel *kernel, const char *name)
{
    return &kernel->device_names[name_hash(name) % KERNEL_NAMES];
}

bool device_name_is_valid(const char *name)
{
    bool in_part = false;
    for (; *name != 0; name++) {
        if (*name == '\\' && !in_part) {
            return false;
        }
        if (*name < 0x21 || *name > 0x7e) {
            return false;
        }
        in_part = *name != '\\';
    }
    return in_part;
}

static int64_t name_in(struct kernel *kernel, char name[TR_NAME_MAX], uint64_t va)
{
    int64_t result = copy_in_string(kernel, kernel_caller(kernel), name, va, TR_NAME_MAX);
    if (result < 0) {
        return result;
    }
    return device_name_is_valid(name) ? 0 : TR_E_INVAL;
}

static struct device *device_named(struct kernel *kernel, const char *name)
{
    struct list *bucket = bucket_of(kernel, name);
    LIST_FOR (link, bucket) {
        struct device *device = CONTAINER(link, struct device, named);
        if (name_equals(device->name, name)) {
            return device;
        }
    }
    return NULL;
}

struct device *device_seen(struct kernel *kernel, uint64_t id, const struct process *process)
{
    struct object *object = object_find(kernel, OBJECT_DEVICE, id);
    if (object == NULL) {
        return NULL;
    }
    struct device *device = CONTAINER(object, struct device, object);
    return device_is_visible(device, process) ? device : NULL;
}

/* An own device of the caller: 0, NOENT if it may not see it, PERM if it is another's. */
static int64_t find_own(struct kernel *kernel, uint64_t id, struct device **found)
{
    const struct process *process = kernel_caller(kernel);
    struct device *device = device_seen(kernel, id, process);
    if (device == NULL) {
        return TR_E_NOENT;
    }
    *found = device;
    return device->driver == process ? 0 : TR_E_PERM;
}

static void device_end(struct kernel *kernel, struct device *device)
{
    struct process *driver = device->driver;
    device_watch_changed(kernel, device, device->exposure, DEVICE_NOWHERE);
    device_open_removed(kernel, device);
    tree_remove(&kernel->devices, &device->by_id);
    list_remove(&device->named);
    list_remove(&device->owned);
    object_leave(kernel, &device->object);
    pool_give(kernel, &kernel->pools.device, driver->account, device);
}

static void devices_end(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->devices)) {
        device_end(kernel, CONTAINER(process->devices.next, struct device, owned));
    }
}

void device_end_all(struct kernel *kernel, struct process *process)
{
    devices_end(kernel, process);
    device_open_end(kernel, process, TR_KERNEL);
    device_watch_end_all(kernel, process);
}

void device_class_dropped(struct kernel *kernel, struct process *process, uint32_t process_class)
{
    devices_end(kernel, process);
    device_open_end(kernel, process, process_class);
}

static int64_t info_check(struct kernel *kernel, uint64_t info)
{
    return copy_check(kernel, kernel_caller(kernel), info, sizeof(struct tr_device_info), TR_WRITE);
}

static void info_out(struct kernel *kernel, const struct device *device, uint64_t info)
{
    struct tr_device_info facts = {.id = device->object.id,
                                   .driver = device->driver->object.id,
                                   .type = device->type,
                                   .exposure = device->exposure};
    memcpy(facts.name, device->name, sizeof(facts.name));
    (void)copy_out(kernel, kernel_caller(kernel), info, &facts, sizeof(facts));
}

int64_t call_device_create(struct kernel *kernel, uint64_t name, uint32_t type, uint64_t cookie)
{
    struct process *process = kernel_caller(kernel);
    char text[TR_NAME_MAX] = {0};
    int64_t result = name_in(kernel, text, name);
    if (result < 0) {
        return result;
    }
    if (device_named(kernel, text) != NULL) {
        return TR_E_EXIST;
    }
    void *record;
    result = pool_take(kernel, &kernel->pools.device, process->account, &record);
    if (result < 0) {
        return result;
    }
    struct device *device = record;
    device->driver = process;
    device->type = type;
    device->exposure = TR_SERVER;
    device->cookie = cookie;
    memcpy(device->name, text, sizeof(text));
    list_init(&device->opens);
    object_enter(kernel, &device->object, OBJECT_DEVICE);
    tree_insert(&kernel->devices, &device->by_id, device->object.id);
    list_append(bucket_of(kernel, text), &device->named);
    list_append(&process->devices, &device->owned);
    device_watch_changed(kernel, device, DEVICE_NOWHERE, device->exposure);
    return (int64_t)device->object.id;
}

int64_t call_device_destroy(struct kernel *kernel, uint64_t id)
{
    struct device *device;
    int64_t result = find_own(kernel, id, &device);
    if (result == 0) {
        device_end(kernel, device);
    }
    return result;
}

int64_t call_device_expose(struct kernel *kernel, uint64_t id, uint32_t process_class)
{
    struct device *device;
    if (process_class > TR_APPLICATION) {
        return TR_E_INVAL;
    }
    int64_t result = find_own(kernel, id, &device);
    if (result == 0) {
        uint32_t before = device->exposure;
        device->exposure = process_class;
        device_watch_changed(kernel, device, before, process_class);
    }
    return result;
}

int64_t call_device_find(struct kernel *kernel, uint64_t name, uint64_t info)
{
    char text[TR_NAME_MAX];
    int64_t result = name_in(kernel, text, name);
    if (result == 0 && info != 0) {
        result = info_check(kernel, info);
    }
    if (result < 0) {
        return result;
    }
    const struct device *device = device_named(kernel, text);
    if (device == NULL || !device_is_visible(device, kernel_caller(kernel))) {
        return TR_E_NOENT;
    }
    if (info != 0) {
        info_out(kernel, device, info);
    }
    return (int64_t)device->object.id;
}

int64_t call_device_info(struct kernel *kernel, uint64_t id, uint64_t info)
{
    int64_t result = info_check(kernel, info);
    if (result < 0) {
        return result;
    }
    const struct device *device = device_seen(kernel, id, kernel_caller(kernel));
    if (device == NULL) {
        return TR_E_NOENT;
    }
    info_out(kernel, device, info);
    return 0;
}

int64_t call_device_next(struct kernel *kernel, uint64_t after, uint64_t info)
{
    int64_t result = info_check(kernel, info);
    if (result < 0) {
        return result;
    }
    const struct tree_node *node = tree_above(&kernel->devices, after);
    while (node != NULL) {
        const struct device *device = CONTAINER(node, struct device, by_id);
        if (device_is_visible(device, kernel_caller(kernel))) {
            info_out(kernel, device, info);
            return (int64_t)device->object.id;
        }
        node = tree_next(node);
    }
    return TR_E_NOENT;
}
