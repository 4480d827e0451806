/* SPDX-License-Identifier: MIT */
#pragma once

/* Device objects: names of drivers' devices (abi.md 11). The kernel knows nothing of what they do. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

#include "event.h"
#include "list.h"
#include "object.h"
#include "tree.h"

struct kernel;
struct process;

struct device {
    struct object object;
    struct tree_node by_id; /* in kernel->devices */
    struct list named;      /* in a bucket of kernel->device_names */
    struct list owned;      /* in driver->devices */
    struct process *driver;
    uint32_t type, exposure;
    uint64_t cookie, open_count;
    bool is_exclusive; /* held so by its one opener */
    struct list opens; /* struct device_open */
    char name[TR_NAME_MAX];
};

struct device_open {
    struct list on_device; /* in device->opens; alone when the device has gone */
    struct list in_process;
    struct device *device; /* NULL: gone, the event is still to be taken */
    struct process *process;
    bool is_exclusive;
    struct event_slot removed; /* DEVICE_REMOVED to the opener */
    struct event_slot closed;  /* DEVICE_CLOSED to the driver */
};

struct device_watch {
    struct list all; /* in kernel->device_watches */
    struct list in_process;
    struct process *process;
    uint64_t cookie;
    struct event_slot added, removed;
    char prefix[TR_NAME_MAX];
};

/* Own devices go, opens are closed, watches end. */
void device_end_all(struct kernel *kernel, struct process *process);
/* The process has dropped its class: its devices go, as do opens it is no longer permitted. */
void device_class_dropped(struct kernel *kernel, struct process *process, uint32_t process_class);
