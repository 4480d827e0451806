/* SPDX-License-Identifier: MIT */
#pragma once

/* Threads. A thread that sleeps is a record of what it waits for and how far it got: no stack in
 * the kernel. Whoever completes the wait moves the bytes and calls thread_wake.
 *
 *   thread_create -> READY <-> RUNNING (scheduler) -> SLEEPING (thread_sleep_on)
 *   SLEEPING -> READY (thread_wake) · any -> gone (thread_end)
 *
 * Suspension is a flag beside the state: a suspended thread is in no run queue. */

#include <stdbool.h>
#include <stdint.h>

#include "copy.h"
#include "event.h"
#include "hal.h"
#include "list.h"
#include "object.h"
#include "timer.h"

struct kernel;
struct message;
struct process;
struct pipe_member;

enum thread_state { THREAD_READY = 1, THREAD_RUNNING, THREAD_SLEEPING, THREAD_ENDED };

/* Work of a call that goes on in steps (interface.md 1: more than 256 pages). Returns CALL_LATER
 * while there is more to do, else the call's result. */
typedef int64_t thread_step(struct kernel *kernel, struct thread *thread);
/* The thread ends between two steps: frees what the work holds. */
typedef void thread_step_abort(struct kernel *kernel, struct thread *thread);

/* What a sleeping thread waits with; which part counts is told by thread->wait. */
struct wait_event {
    struct copy_target to; /* the event or events */
    uint64_t most;         /* how many fit */
    bool wants_body;       /* reply_wait: a body that fits goes along */
    struct copy_target body;
};
struct wait_reply {
    struct message *message;
    struct copy_target to; /* the reply's buffer */
};
struct wait_pipe {
    struct pipe_member *member;
    struct list in_line; /* of the pipe's readers or writers */
    uint64_t buffer, size, done;
    uint32_t flags;
    bool is_write;
};
struct wait_key {
    int64_t result; /* after the penalty */
};

struct thread {
    struct object object;
    struct hal_context context;
    struct process *process;
    struct list siblings; /* in process->threads, by tid */
    struct list queue;    /* in a run queue or an event line; else alone */
    enum thread_state state;
    enum tr_wait wait;
    bool is_suspended; /* its own flag; the process has one too */
    bool is_noblock;
    bool wake_kept; /* a wake that came before the sleep */
    struct alarm timeout;
    union {
        struct wait_event event;
        struct wait_reply reply;
        struct wait_pipe pipe;
        struct wait_key key;
    } on;
    uint64_t slice_left, cpu_time;
    thread_step *step;             /* runs instead of the context while not NULL */
    thread_step_abort *step_abort; /* NULL: nothing to free */
    struct {
        uint64_t words[8];
        void *pointer;
    } work;                       /* of the step */
    struct event_slot *exit_slot; /* THREAD_EXIT, reserved at create; NULL if not notified */
};

/* A thread of `process`, ready but not yet queued to run: call thread_admit. 0 or a TR_E_*. */
int64_t thread_make(struct kernel *kernel, struct process *process, uint64_t ip, uint64_t sp,
                    uint64_t argument, struct thread **thread);
void thread_admit(struct kernel *kernel, struct thread *thread);

/* Does the first step of the running thread's call; the others follow if there are any. What they
 * need is in thread->work. Gives the result of the step. */
int64_t thread_begin_steps(struct kernel *kernel, thread_step *step, thread_step_abort *step_abort);

/* Puts the running thread to sleep until thread_wake, or until the alarm (TR_FOREVER: none). */
void thread_sleep_on(struct kernel *kernel, struct thread *thread, enum tr_wait wait,
                     uint64_t until);
/* The wait is over: the call returns `result`. The thread must already be out of any line. */
void thread_wake(struct kernel *kernel, struct thread *thread, int64_t result);

/* It is not over, but goes on in steps: those that the caller has set. */
void thread_wake_to_step(struct kernel *kernel, struct thread *thread);

/* Room for THREAD_EXIT of a thread to be; given back to pools.slot if it is not made. 0, TR_E_LIMIT
 * or TR_E_NOMEM. */
int64_t thread_exit_reserve(struct kernel *kernel, struct process *process,
                            struct event_slot **slot);

/* Ends a thread: out of every line and queue, record freed. Sends THREAD_EXIT if asked for. The
 * last one's end is the process's: callers see to that. */
void thread_end(struct kernel *kernel, struct thread *thread, int64_t code);

/* True if neither the thread nor its process is suspended. */
bool thread_may_run(const struct thread *thread);
/* The flag of a thread, or of a process for all its threads: they join or leave run queues and
 * event lines accordingly; at pipes they keep their turn. */
void thread_set_suspended(struct kernel *kernel, struct thread *thread, bool suspended);
void thread_set_process_suspended(struct kernel *kernel, struct process *process, bool suspended);

/* NULL: the process has no such thread. */
struct thread *thread_find(struct kernel *kernel, uint64_t pid, uint64_t tid);
/* The first thread after a tid; its tid, or TR_E_NOENT. */
int64_t thread_next(struct kernel *kernel, const struct process *process, uint64_t after,
                    struct tr_thread_info *info);
uint32_t thread_shown_state(const struct thread *thread);
void thread_fill_info(struct kernel *kernel, const struct thread *thread,
                      struct tr_thread_info *info);
