/* SPDX-License-Identifier: MIT */
#pragma once

/* Device objects: names of drivers' devices (interface.md 11). The kernel knows nothing of what
 * they do. device.c has the objects, device_open.c who holds them open, device_watch.c who is told
 * of them.
 */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

#include "event.h"
#include "list.h"
#include "object.h"
#include "process.h"
#include "tree.h"

struct kernel;

struct device {
    struct object object;
    struct tree_node by_id; /* in kernel->devices */
    struct list named;      /* in a bucket of kernel->device_names */
    struct list owned;      /* in driver->devices */
    struct process *driver;
    uint32_t type, exposure;
    uint64_t cookie, open_count;
    bool is_exclusive;  /* held so by its one opener */
    struct list opens;  /* struct device_open: open, or closed and its driver not told yet */
    struct tree by_pid; /* the same */
    char name[TR_NAME_MAX];
};

/* Open -> closed (its event queued to the driver) -> open again or, the event taken, gone.
 * Open -> device gone (its event queued to the opener) -> the event taken, gone. */
struct device_open {
    struct list on_device; /* in device->opens; alone when the device has gone */
    struct tree_node by_pid;
    struct list in_process;  /* in process->opens; alone when closed */
    struct device *device;   /* NULL: gone */
    struct process *process; /* NULL: closed */
    struct account *account;
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

static inline bool device_is_visible(const struct device *device, const struct process *process)
{
    return process->process_class <= device->exposure;
}
/* NULL: no such device, or not for this process to see. */
struct device *device_seen(struct kernel *kernel, uint64_t id, const struct process *process);
/* A terminated name of parts that are not empty, of bytes 0x21 to 0x7e, split by backslashes. */
bool device_name_is_valid(const char *name);

/* Own devices go, opens are closed, watches end. */
void device_end_all(struct kernel *kernel, struct process *process);
/* The process has dropped its class: its devices go, as do opens it is no longer permitted. */
void device_class_dropped(struct kernel *kernel, struct process *process, uint32_t process_class);

/* The device goes: openers are told. */
void device_open_removed(struct kernel *kernel, struct device *device);
/* Closes what the process has open, of devices that are not exposed to `process_class`; TR_KERNEL:
 * everything, as the process ends. */
void device_open_end(struct kernel *kernel, struct process *process, uint32_t process_class);

/* The device is there, goes, or has been exposed otherwise: watchers that see a change are told. An
 * exposure of DEVICE_NOWHERE stands for "is not there". */
#define DEVICE_NOWHERE (-1)
void device_watch_changed(struct kernel *kernel, const struct device *device, int64_t before,
                          int64_t after);
void device_watch_end_all(struct kernel *kernel, struct process *process);
