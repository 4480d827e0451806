/* SPDX-License-Identifier: MIT */
#pragma once

/* Processes: what holds a space, threads, an event queue and everything that must go when it ends.
 * Each kind of thing it holds is a list here whose module has a `*_end_all`; process_end calls
 * them in the order of interface.md 3. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

#include "event.h"
#include "list.h"
#include "object.h"
#include "pool.h"
#include "space.h"
#include "tree.h"

struct thread;

struct process {
    struct object object;
    struct tree_node by_id; /* in kernel->processes */
    struct list named;      /* in a bucket of kernel->names, by pid */
    uint64_t parent;
    uint32_t process_class;
    uint32_t flags; /* TR_SPAWN_MANAGER, TR_SPAWN_NO_SPAWN: as shown */
    bool is_suspended;
    bool is_blank; /* SPAWNING */
    bool has_run;  /* not spawned suspended, or run since: its parent has no right to resume it */
    bool is_ending;
    char name[TR_NAME_MAX];

    struct space space;
    struct account *account;
    struct grave *grave; /* reserved for the space's end */
    struct list threads;
    uint64_t thread_count, cpu_time;

    struct list events;  /* slots, oldest first */
    struct list waiters; /* threads in the event line */
    struct event_slot save_state;
    bool is_asked; /* a stop waits for its answer */

    struct list inbox;          /* messages that are alive here, in order of sending */
    uint64_t unread;            /* of these */
    uint64_t log_records;       /* of these: records of the log */
    struct tree correspondents; /* unread per sender, by pid */
    struct correspondent *idle_correspondent; /* one with nothing unread, kept for the next time */
    uint64_t accept_mask;

    struct list watched_by, watches; /* struct watch */
    struct tree watches_by_pid;      /* the same as watches, by target */
    struct tree timers;              /* struct timer_source by cookie */
    struct list pipes, shareds;      /* memberships */
    struct list devices, opens;      /* own devices; devices opened */
    struct list device_watches;
    struct list irqs, ports;           /* claims */
    struct list maps;                  /* struct physical_map */
    struct list lent;                  /* shared memories over these maps */
    uint64_t wrong_joins, penalty_end; /* in a row, and until when the last one is paid for */
};

/* Facts for making one. `name` is a valid short name. */
struct process_plan {
    const char *name;
    uint32_t process_class, flags;
    uint64_t parent;
    const struct space_shape *shape; /* of its space, for the pool (space_pool.h); NULL: any */
    bool is_host;
};

/* A process without threads, in no table yet: nothing finds it. 0 or a TR_E_*; nothing changed on
 * failure. */
int64_t process_make(struct kernel *kernel, const struct process_plan *plan,
                     struct process **process);
/* For a process that was made and not admitted: it has never been. */
void process_unmake(struct kernel *kernel, struct process *process);
/* Everything is in place: gives it its pid, enters it in all tables, announces it (trace, log's
 * birth) and lets its threads run. */
void process_admit(struct kernel *kernel, struct process *process);

/* Ends it in one step (interface.md 3): how is one of TR_EVENT_EXITED, _KILLED, _FAULTED; by the
 * pid of who did it. May end the running process: then nothing of it is left on return. */
void process_end(struct kernel *kernel, struct process *process, int64_t code, uint32_t how,
                 uint64_t by);

/* Live and started or blank: NULL if there is none of that pid. */
struct process *process_find(struct kernel *kernel, uint64_t pid);
struct process *process_of_name(struct kernel *kernel, const char *full_name, uint64_t after);

/* The first with a larger pid, NULL: none. */
struct process *process_after(struct kernel *kernel, uint64_t pid);

/* 1 to 61 bytes of 0x21–0x7e without a backslash. */
bool process_name_is_valid(const char *name);
uint32_t process_shown_state(const struct process *process);
void process_fill_info(struct kernel *kernel, const struct process *process,
                       struct tr_process_info *info);
/* Writes the full name from class and short name; enters it among the names anew. */
void process_rename(struct kernel *kernel, struct process *process, uint32_t process_class,
                    const char *short_name);
const char *process_short_name(const struct process *process);

/* May `actor` spawn a process of this class with these flags and name? 0 or TR_E_PERM. */
int64_t process_may_spawn(const struct process *actor, uint32_t process_class, uint32_t flags,
                          const char *name);
