/* SPDX-License-Identifier: MIT */
#pragma once

/* Constants and structures of the program interface, version 1 (interface.md). Shared by programs
 * and the kernel. Numbers and layouts here never change; a larger structure is a new call. */

#include <stdint.h>

/* Layouts are checked where they are declared; C++ has another word for it. */
#ifdef __cplusplus
#define TR_LAYOUT static_assert
#else
#define TR_LAYOUT _Static_assert
#endif

#define TR_ABI_VERSION  1
#define TR_PAGE_SIZE    4096
#define TR_NAME_MAX     64
#define TR_FOREVER      UINT64_MAX
#define TR_MESSAGE_MAX  (UINT64_C(1) << 20)
#define TR_PIPE_SIZE    4096
#define TR_ARGUMENT_MAX (UINT64_C(64) << 10)
#define TR_LOG_MAX      1024
#define TR_RANDOM_MAX   65536
#define TR_CALL_LIMIT   128 /* call numbers are below this */

/* Classes (interface.md 2). A smaller number is a higher class. TR_KERNEL only stamps. */
enum tr_class { TR_DRIVER = 0, TR_SERVER = 1, TR_APPLICATION = 2, TR_KERNEL = 3 };
#define TR_CLASS_MASK(c) (UINT64_C(1) << (c))

/* Process and thread states (interface.md 3). */
enum tr_state { TR_SPAWNING = 0, TR_READY, TR_RUNNING, TR_SLEEPING, TR_SUSPENDED };

/* What a thread waits for (interface.md 4). */
enum tr_wait {
    TR_WAIT_NONE = 0,
    TR_WAIT_SLEEP,
    TR_WAIT_EVENT,
    TR_WAIT_REPLY,
    TR_WAIT_PIPE_READ,
    TR_WAIT_PIPE_WRITE,
    TR_WAIT_KEY,
    TR_WAIT_PAGE
};

/* Flags of spawn, load, create and fork (interface.md 3); also shown in tr_process_info.flags. */
#define TR_SPAWN_SUSPENDED UINT32_C(1)
#define TR_SPAWN_MANAGER   UINT32_C(2)
#define TR_SPAWN_NO_SPAWN  UINT32_C(4)
#define TR_SPAWN_WATCH     UINT32_C(8)
#define TR_FORK_BARE       UINT32_C(16)

/* How tr_process_map moves pages. */
enum tr_map { TR_MAP_MOVE = 0, TR_MAP_COPY, TR_MAP_SHARE };

/* Flags of tr_thread_create. */
#define TR_THREAD_NOTIFY  UINT32_C(1)
#define TR_THREAD_NOBLOCK UINT32_C(2)

/* Memory protection (interface.md 5). 0 is a guard. */
#define TR_READ    UINT32_C(1)
#define TR_WRITE   UINT32_C(2)
#define TR_EXECUTE UINT32_C(4)

/* Flags of pipe reads and writes (interface.md 7), of shared memory (8) and of device opens (11).
 */
#define TR_NOWAIT      UINT32_C(1)
#define TR_PARTIAL     UINT32_C(2)
#define TR_SHARED_LAZY UINT32_C(1)
#define TR_SHARED_FROM UINT32_C(2)
#define TR_EXCLUSIVE   UINT32_C(1)

/* Events (interface.md 9). */
enum tr_event_kind {
#define TR_EVENT_KIND(name, value, summary) TR_EVENT_##name = (value),
#include <terrarium/events.def>
#undef TR_EVENT_KIND
};
#define TR_EVENT_CALL    UINT32_C(1)
#define TR_EVENT_BODY    UINT32_C(2)
#define TR_EVENT_DIED    UINT32_C(4)
#define TR_EVENT_EXITED  UINT32_C(8)
#define TR_EVENT_KILLED  UINT32_C(16)
#define TR_EVENT_FAULTED UINT32_C(32)

/* Exit codes of a process ended by a fault (interface.md 13). */
enum tr_fault {
    TR_FAULT_PAGE = 1,   /* nothing mapped there, a guard, a stack overflow, no address at all */
    TR_FAULT_PROTECTION, /* a write to what is read-only, execution of data */
    TR_FAULT_ILLEGAL,    /* no such instruction, a bad operand, misalignment, a trap */
    TR_FAULT_DIVIDE,     /* division, and floating-point exceptions that a program has unmasked */
    TR_FAULT_PRIVILEGED, /* an instruction or a segment that is not a program's */
    TR_FAULT_MEMORY,     /* no frame for a page of its own */
    TR_FAULT_SUPPLY      /* a page of lazy shared memory that nobody supplied in time */
};

/* Tags of the records that `a\log` receives (interface.md 12). */
enum tr_log_tag {
    TR_LOG_BOOT = 1,
    TR_LOG_FAULT,
    TR_LOG_REFUSED,
    TR_LOG_PANIC,
    TR_LOG_LOST,
    TR_LOG_TEXT,
    TR_LOG_STARVED
};

/* How tr_system_stop stops. */
enum tr_stop { TR_STOP_REBOOT = 0, TR_STOP_HALT = 1 };

/* Why tr_vm86_enter returned (interface.md 10). */
enum tr_vm86_reason {
    TR_VM86_INTERRUPT = 1,
    TR_VM86_FAULT,
    TR_VM86_BUDGET,
    TR_VM86_PORT,
    TR_VM86_DROPPED
};

/* Why a processor went from one thread to another; index of tr_system_info.switches. */
enum tr_switch_cause {
    TR_SWITCH_SLEEP = 0, /* the thread went to sleep */
    TR_SWITCH_YIELD,     /* it yielded */
    TR_SWITCH_SLICE,     /* its slice was over */
    TR_SWITCH_PREEMPT,   /* a higher class woke */
    TR_SWITCH_END,       /* it ended or was suspended */
    TR_SWITCH_IDLE,      /* the processor left idle */
    TR_SWITCH_CAUSES = 8 /* room for causes to come */
};

struct tr_event {
    uint32_t kind, flags;
    uint64_t time, object, source_pid;
    uint32_t source_class, count;
    uint64_t size, cookie, account;
};

struct tr_start {
    const void *argument;
    uint64_t argument_size;
};

struct tr_spawn {
    const void *image;
    uint64_t image_size;
    const char *name;
    uint32_t process_class, flags;
    const void *argument;
    uint64_t argument_size;
    uint64_t cookie, reserved[2];
};

struct tr_process_info {
    uint64_t pid, parent;
    uint32_t process_class, flags, state, reserved;
    uint64_t threads, pages, messages_queued, cpu_time, lowest, highest;
    char name[TR_NAME_MAX];
};

/* What a thread that waits waits for (interface.md 4.6): peer is the pid of the only process that
 * can end the wait, 0 if there is none such; object the id of the message or pipe, or of an event 1
 * + an interrupt line; until a time since boot. */
struct tr_thread_info {
    uint64_t tid, cpu_time;
    uint32_t state, wait;
    uint64_t peer, object, until;
};

struct tr_memory_info {
    uint64_t total, free, own;
};

struct tr_pipe_info {
    uint64_t bytes, room, members, sleepers;
};

struct tr_shared_info {
    uint64_t pages, members;
    uint32_t prot, reserved;
};

struct tr_dma {
    uint64_t va, physical;
};

struct tr_device_info {
    uint64_t id, driver;
    uint32_t type, exposure;
    char name[TR_NAME_MAX];
};

struct tr_boot_module {
    uint64_t va, size;
    char name[TR_NAME_MAX];
};

struct tr_vm86_registers {
    uint32_t eax, ebx, ecx, edx, esi, edi, ebp, esp;
    uint32_t eip, eflags;
    uint32_t cs, ds, es, fs, gs, ss;
};

struct tr_vm86 {
    struct tr_vm86_registers registers;
    uint64_t memory, budget;
    uint32_t reason, vector;
    uint64_t fault_address;
};

struct tr_system_limits {
    uint64_t message_size;        /* bytes of one message */
    uint64_t messages_per_sender; /* unread, at one receiver, from one sender */
    uint64_t bytes_per_sender;    /* bodies of these */
    uint64_t kernel_memory;       /* bytes of kernel memory one process may cause */
    uint64_t application_reserve; /* free pages below which applications get NOMEM */
    uint64_t server_reserve;      /* free pages below which servers get NOMEM too */
};

struct tr_system_info {
    uint64_t abi_version, cpus, page_size, ram_pages, uptime;
    uint64_t crossings[TR_CALL_LIMIT];
    uint64_t switches[TR_SWITCH_CAUSES];
    struct tr_system_limits limits;
};

TR_LAYOUT(sizeof(struct tr_event) == 64, "interface.md 9");
TR_LAYOUT(sizeof(struct tr_process_info) == 144, "no hidden padding");
TR_LAYOUT(sizeof(struct tr_device_info) == 88, "no hidden padding");
TR_LAYOUT(sizeof(struct tr_vm86) == 96, "no hidden padding");
