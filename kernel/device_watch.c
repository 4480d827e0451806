/* SPDX-License-Identifier: MIT */
/* Watches of device names. A watch sees the devices below its prefix that are exposed to its
 * process's class; coming into sight and going out of it are its two events. */

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "device.h"
#include "state.h"
#include "string.h"

/* The prefix ends where a part of the name does. */
static bool is_below(const char *name, const char *prefix)
{
    if (*prefix == 0) {
        return true;
    }
    while (*prefix != 0 && *prefix == *name) {
        prefix++;
        name++;
    }
    return *prefix == 0 && (*name == 0 || *name == '\\');
}

static void tell(struct kernel *kernel, struct device_watch *watch, const struct device *device,
                 uint32_t count, bool is_added)
{
    const struct tr_event event = {.kind =
                                       is_added ? TR_EVENT_DEVICE_ADDED : TR_EVENT_DEVICE_REMOVED,
                                   .object = device->object.id,
                                   .source_pid = device->driver->object.id,
                                   .source_class = device->driver->process_class,
                                   .count = count,
                                   .cookie = watch->cookie};
    event_raise(kernel, watch->process, is_added ? &watch->added : &watch->removed, &event);
}

void device_watch_changed(struct kernel *kernel, const struct device *device, int64_t before,
                          int64_t after)
{
    LIST_FOR (link, &kernel->device_watches) {
        struct device_watch *watch = CONTAINER(link, struct device_watch, all);
        bool did_see = watch->process->process_class <= before;
        bool does_see = watch->process->process_class <= after;
        if (did_see != does_see && is_below(device->name, watch->prefix)) {
            tell(kernel, watch, device, 1, does_see);
        }
    }
}

/* One event for all that are there, with the youngest one's id; one that is queued becomes it. */
static void tell_of_present(struct kernel *kernel, struct device_watch *watch)
{
    const struct device *last = NULL;
    uint32_t count = 0;
    for (const struct tree_node *node = tree_first(&kernel->devices); node != NULL;
         node = tree_next(node)) {
        const struct device *device = CONTAINER(node, const struct device, by_id);
        if (device_is_visible(device, watch->process) && is_below(device->name, watch->prefix)) {
            last = device;
            count++;
        }
    }
    if (last != NULL) {
        watch->added.event.count = 0;
        tell(kernel, watch, last, count, true);
    }
}

static void watch_end(struct kernel *kernel, struct device_watch *watch)
{
    event_cancel(&watch->added);
    event_cancel(&watch->removed);
    list_remove(&watch->all);
    list_remove(&watch->in_process);
    pool_give(kernel, &kernel->pools.device_watch, watch->process->account, watch);
}

void device_watch_end_all(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->device_watches)) {
        watch_end(kernel, CONTAINER(process->device_watches.next, struct device_watch, in_process));
    }
}

/* `prefix` is filled up with zeros. */
static int64_t prefix_in(struct kernel *kernel, char prefix[TR_NAME_MAX], uint64_t va)
{
    int64_t result = copy_in_string(kernel, kernel_caller(kernel), prefix, va, TR_NAME_MAX);
    if (result < 0) {
        return result;
    }
    return prefix[0] == 0 || device_name_is_valid(prefix) ? 0 : TR_E_INVAL;
}

static struct device_watch *own_watch(struct kernel *kernel, const char prefix[TR_NAME_MAX])
{
    const struct process *process = kernel_caller(kernel);
    LIST_FOR (link, &process->device_watches) {
        struct device_watch *watch = CONTAINER(link, struct device_watch, in_process);
        if (memcmp(watch->prefix, prefix, TR_NAME_MAX) == 0) {
            return watch;
        }
    }
    return NULL;
}

static int64_t watch_make(struct kernel *kernel, const char prefix[TR_NAME_MAX],
                          struct device_watch **made)
{
    struct process *process = kernel_caller(kernel);
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.device_watch, process->account, &record);
    if (result < 0) {
        return result;
    }
    struct device_watch *watch = record;
    watch->process = process;
    memcpy(watch->prefix, prefix, TR_NAME_MAX);
    event_slot_init(&watch->added, NULL);
    event_slot_init(&watch->removed, NULL);
    list_append(&kernel->device_watches, &watch->all);
    list_append(&process->device_watches, &watch->in_process);
    *made = watch;
    return 0;
}

/* Watching the same prefix again replaces the cookie, of queued events too, and tells of what is
 * there anew. */
int64_t call_device_watch(struct kernel *kernel, uint64_t prefix, uint64_t cookie)
{
    char text[TR_NAME_MAX] = {0};
    int64_t result = prefix_in(kernel, text, prefix);
    if (result < 0) {
        return result;
    }
    struct device_watch *watch = own_watch(kernel, text);
    if (watch == NULL) {
        result = watch_make(kernel, text, &watch);
        if (result < 0) {
            return result;
        }
    }
    watch->cookie = cookie;
    watch->added.event.cookie = cookie;
    watch->removed.event.cookie = cookie;
    tell_of_present(kernel, watch);
    return 0;
}

int64_t call_device_unwatch(struct kernel *kernel, uint64_t prefix)
{
    char text[TR_NAME_MAX] = {0};
    int64_t result = prefix_in(kernel, text, prefix);
    if (result < 0) {
        return result;
    }
    struct device_watch *watch = own_watch(kernel, text);
    if (watch == NULL) {
        return TR_E_NOENT;
    }
    watch_end(kernel, watch);
    return 0;
}
