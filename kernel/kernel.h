/* SPDX-License-Identifier: MIT */
#pragma once

/* The kernel as a library: what the simulator and the tests see of it beside the entries of hal.h.
 * All state hangs off one struct kernel that lives in the frames of its machine; there are no
 * globals, so a process may have any number of kernels. Never call into one kernel from two host
 * threads at a time. */

#include "hal.h"

struct process;

/* Zero means the default of interface.md 6 and 14 for every number. */
struct kernel_config {
    struct tr_system_limits limits;
    uint64_t slice_ns;
    bool trace;         /* call hal_trace */
    bool checked;       /* call hal_tool */
    bool invariants;    /* check the invariants after every entry (slow: tests) */
    bool no_space_pool; /* start every process in a fresh window (debuggers) */
    bool no_log_needed; /* no soft panic when a\log is missing: unit tests and the kit */
};

/* A program that the boot loader has put into memory. The kernel copies name, image and argument.
 */
struct kernel_module {
    const char *name; /* short name */
    const void *image;
    uint64_t size;
    const char *argument; /* NULL: none */
    bool start;           /* start it at boot, as a driver; else it is only there to be found */
};

/* Makes a kernel in the machine's memory. NULL if the memory is too small. */
struct kernel *kernel_create(struct machine *machine, const struct kernel_config *config);

/* Loads the modules and starts those that are to be started, as drivers, in this order. Returns 0
 * or a TR_E_* with *failed the index of the module it is about. Call once, before any entry. */
int64_t kernel_boot(struct kernel *kernel, const struct kernel_module *modules, uint64_t count,
                    uint64_t *failed);

/* How the process that a boot module became has ended, the last time one did. NULL: it lives, or
 * there never was one. */
struct kernel_end {
    uint64_t pid, by; /* who ended it, 0: the kernel */
    int64_t code;
    uint32_t how; /* TR_EVENT_EXITED, _KILLED or _FAULTED */
};
const struct kernel_end *kernel_module_end(const struct kernel *kernel, const char *name);

/* What runs next, without anything having happened: the first entry after boot. */
struct hal_context *kernel_next(struct kernel *kernel);

/* For tests: a process that is a function of the host. ip, stack and argument of its first thread
 * are as for hal_context_start; the space takes host addresses. parent 0: none. Returns the pid or
 * a TR_E_*. `thread` gets the context for what the machine has to remember of it. */
struct kernel_host_process {
    const char *name;
    uint32_t process_class, flags;
    uint64_t ip, sp, argument, parent;
    uint64_t cookie; /* of the parent's watch, with TR_SPAWN_WATCH */
};
int64_t kernel_host_process(struct kernel *kernel, const struct kernel_host_process *wanted,
                            struct hal_context **context);

/* For tests: ends a process between two entries, KILLED by the kernel itself. False: none of that
 * pid. */
bool kernel_kill(struct kernel *kernel, uint64_t pid);

/* Checks that every frame, record and queue is accounted for. Changes nothing. Returns 0, or the
 * number of faults found; the first is told in words in `text` (`size` bytes, terminated). */
uint64_t kernel_audit(struct kernel *kernel, char *text, uint64_t size);

/* Live objects, for leak checks: what is left after all processes have ended must be 0. */
struct kernel_census {
    uint64_t processes, threads, messages, pipes, shareds, devices, watches, timers, claims;
    uint64_t frames_free, frames_user, frames_kernel, frames_total, pool_bytes;
};
void kernel_census(struct kernel *kernel, struct kernel_census *census);

/* Gives back everything that is only kept for speed: pooled and ended spaces. */
void kernel_trim(struct kernel *kernel);

/* Fault injection: the n-th allocation of kernel memory from now fails (1: the next), and all after
 * it if `onwards`. n = 0: none. Returns how many were made since the last call. */
uint64_t kernel_fail_allocation(struct kernel *kernel, uint64_t n, bool onwards);

/* The running process, for tools: 0 when idle. */
uint64_t kernel_current_pid(struct kernel *kernel);
uint64_t kernel_current_tid(struct kernel *kernel);

/* For debuggers and tools: the record of a process or thread as the calls tell it. Ignores
 * visibility; changes nothing. Same results as tr_process_next and tr_thread_next. */
int64_t kernel_process_next(struct kernel *kernel, uint64_t after, struct tr_process_info *info);
int64_t kernel_thread_next(struct kernel *kernel, uint64_t pid, uint64_t after,
                           struct tr_thread_info *info);
/* The context of a thread (its registers as last saved) and its space; NULL: no such thread. */
struct hal_context *kernel_thread_context(struct kernel *kernel, uint64_t tid);
