/* SPDX-License-Identifier: MIT */
#pragma once

/* All state of a kernel. It lives in the first frames of its machine; everything else hangs off it.
 * Fields that are about the same thing stand together. */

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"
#include "hal.h"
#include "kernel.h"
#include "list.h"
#include "log.h"
#include "message.h"
#include "object.h"
#include "pool.h"
#include "port.h"
#include "process.h"
#include "random.h"
#include "starve.h"
#include "thread.h"
#include "tree.h"

#define KERNEL_NAMES   1024 /* buckets of process and device names */
#define KERNEL_MODULES 256

/* What has to be done at the end of this entry; nothing at most ends of a call. */
enum cpu_due {
    DUE_CHOICE = 1, /* of who runs */
    DUE_TIMER = 2,  /* there may be an earlier time to ring at */
    DUE_AUDIT = 4   /* always, in a kernel with `invariants` */
};

/* What one processor does. There is one so far; nothing outside assumes that. */
struct cpu {
    struct thread *current; /* RUNNING; NULL: idle */
    struct thread *heir;    /* READY, in no queue: the next to run; NULL: whoever is queued */
    uint32_t due;           /* enum cpu_due */
    bool is_idle;           /* the last choice found nobody; true at boot */
    enum tr_switch_cause cause;
    uint64_t running_since; /* when `current` began to run, for its cpu_time */
    uint64_t slice_end;
    uint64_t timer_set; /* when the machine's timer rings; TR_FOREVER: never */
};

struct irq_line {
    struct list listeners; /* struct irq_listener */
    uint32_t waiting_for;  /* listeners that have not acknowledged */
    struct alarm silence;
    struct alarm pause; /* armed: the line is kept shut although nobody owes */
    uint64_t opened_at; /* when it was opened last */
    uint32_t at_once;   /* firings in a row that came as soon as it was opened */
    bool is_storm;      /* that was logged */
};

struct boot_module {
    char name[TR_NAME_MAX];
    uint32_t frame; /* the first of its frames */
    uint64_t size;
    struct kernel_end end; /* of its process; pid 0: none has ended */
};

struct kernel {
    struct machine *machine;
    uint8_t *ram; /* view of frame 0 */
    struct kernel_config config;

    struct cpu cpu;
    const struct scheduler_policy *policy;
    struct list ready[TR_KERNEL]; /* run queues by class */

    struct frame_table frames;
    struct account root_account; /* of the kernel itself: no quota, no reserve */
    struct list graveyard;       /* spaces of ended processes */
    uint64_t graveyard_pages;    /* private pages of these and of pooled spaces: as good as free */
    struct list space_pool;      /* struct grave, the last used first */
    uint64_t space_pool_count;
    struct {
        struct pool account, process, thread, message, correspondent, watch, timer, slot, pipe,
            pipe_member, shared, shared_member, device, device_open, device_watch, irq_listener,
            port_claim, physical_map, vm86, grave, spawn, sizes[POOL_SIZES];
    } pools;
    uint64_t allocations, fail_at; /* fault injection: see kernel_fail_allocation */
    bool fail_onwards;

    struct object_table objects;
    struct tree processes; /* by pid */
    uint64_t process_count;
    struct list forming;             /* made, not admitted yet */
    struct list names[KERNEL_NAMES]; /* processes by full name */

    struct tree alarms;
    struct tree_node *alarm_first;

    struct tree devices; /* by id */
    struct list device_names[KERNEL_NAMES];
    struct list device_watches; /* of all processes */
    struct list pipes, shareds; /* all, for the audit */
    struct irq_line irqs[HAL_IRQ_LINES];
    struct port_table ports;

    struct log log;
    struct starve starve;
    struct random_stream keys, numbers;
    struct boot_module modules[KERNEL_MODULES];
    uint64_t module_count;
    uint64_t booted_at; /* when the last module had been started; 0: not yet */
    bool boot_is_over;  /* a\log has existed, or 10 s have passed */

    struct {
        bool is_on;
        uint64_t deadline;
        uint64_t waiting; /* processes that have neither answered nor ended */
        enum tr_stop how;
        uint32_t code;
        struct alarm alarm;
        bool is_done;
    } stop;

    uint64_t message_ends[MESSAGE_ENDS]; /* for the audit: sent is alive plus these */
    uint64_t crossings[TR_CALL_LIMIT];
    uint64_t switches[TR_SWITCH_CAUSES];
};

static inline struct process *kernel_caller(struct kernel *kernel)
{
    return kernel->cpu.current->process;
}

/* Fault injection (kernel_fail_allocation): counts an allocation of frames or of a record, and says
 * whether this one is to fail. */
static inline bool kernel_allocation_is_failed(struct kernel *kernel)
{
    uint64_t made = ++kernel->allocations;
    if (kernel->fail_at == 0) {
        return false;
    }
    return kernel->fail_onwards ? made >= kernel->fail_at : made == kernel->fail_at;
}

/* A broken invariant of the kernel itself: the hard panic of interface.md 13. On in every build. */
#define KASSERT(kernel, condition)                                                                 \
    ((condition) ? (void)0 : panic_hard((kernel), __FILE_NAME__, __LINE__, #condition))
#ifndef __FILE_NAME__
#define __FILE_NAME__ __FILE__
#endif
/* After an entry, when the kernel was created with `invariants`. */
void audit_or_panic(struct kernel *kernel);

void panic_hard(struct kernel *kernel, const char *file, int line, const char *condition)
    __attribute__((noreturn));

/* Records to the machine's trace, if the kernel was created with one: what the running thread does,
 * or (trace_record_of) what has come of a thread that may have left the processor. */
void trace_record_of(struct kernel *kernel, const struct thread *thread, enum tr_trace_kind kind,
                     const uint64_t words[4]);
void trace_record(struct kernel *kernel, enum tr_trace_kind kind, uint64_t a, uint64_t b,
                  uint64_t c, uint64_t d);
static inline void trace(struct kernel *kernel, enum tr_trace_kind kind, uint64_t a, uint64_t b,
                         uint64_t c, uint64_t d)
{
    if (kernel->config.trace) {
        trace_record(kernel, kind, a, b, c, d);
    }
}

/* Words to the machine's memory checker, if there is one. */
static inline void tool(struct kernel *kernel, enum hal_tool what, const void *to, const void *from,
                        uint64_t size)
{
    if (kernel->config.checked) {
        hal_tool(kernel->machine, what, to, from, size);
    }
}
