/* SPDX-License-Identifier: MIT */
#include "thread.h"

#include <terrarium/error.h>

#include "call.h"
#include "message.h"
#include "pipe.h"
#include "scheduler.h"
#include "state.h"
#include "vm86.h"
#include "wait.h"

bool thread_may_run(const struct thread *thread)
{
    return !thread->is_suspended && !thread->process->is_suspended;
}

/* What a wait gives when its time is up. */
static void time_is_up(struct kernel *kernel, struct alarm *alarm)
{
    struct thread *thread = CONTAINER(alarm, struct thread, timeout);
    int64_t result = TR_E_TIMEDOUT;
    if (thread->wait == TR_WAIT_SLEEP) {
        result = 0;
    } else if (thread->wait == TR_WAIT_KEY) {
        result = thread->on.key.result;
    } else if (thread->wait == TR_WAIT_EVENT) {
        list_remove(&thread->queue);
    } else if (thread->wait == TR_WAIT_REPLY) {
        message_caller_gone(thread->on.reply.message);
    }
    thread_wake(kernel, thread, result);
}

int64_t thread_make(struct kernel *kernel, struct process *process, uint64_t ip, uint64_t sp,
                    uint64_t argument, struct thread **thread)
{
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.thread, process->account, &record);
    if (result < 0) {
        return result;
    }
    struct thread *made = record;
    made->process = process;
    made->state = THREAD_READY;
    made->slice_left = kernel->config.slice_ns;
    made->context.thread = made;
    list_init(&made->queue);
    alarm_init(&made->timeout, time_is_up);
    object_enter(kernel, &made->object, OBJECT_THREAD);
    list_append(&process->threads, &made->siblings);
    process->thread_count++;
    hal_context_start(kernel->machine, &made->context, &process->space.hal, ip, sp, argument);
    *thread = made;
    return 0;
}

void thread_admit(struct kernel *kernel, struct thread *thread)
{
    if (thread_may_run(thread)) {
        scheduler_ready(kernel, thread);
    }
}

int64_t thread_begin_steps(struct kernel *kernel, thread_step *step, thread_step_abort *step_abort)
{
    struct thread *thread = kernel->cpu.current;
    int64_t result = step(kernel, thread);
    if (result == CALL_LATER) {
        thread->step = step;
        thread->step_abort = step_abort;
    }
    return result;
}

void thread_sleep_on(struct kernel *kernel, struct thread *thread, enum tr_wait wait,
                     uint64_t until)
{
    thread->state = THREAD_SLEEPING;
    thread->wait = wait;
    if (until != TR_FOREVER) {
        alarm_arm(kernel, &thread->timeout, until);
    }
    scheduler_unready(kernel, thread, TR_SWITCH_SLEEP);
}

void thread_wake(struct kernel *kernel, struct thread *thread, int64_t result)
{
    trace(kernel, TR_TRACE_WAKE, thread->object.id, thread->wait, (uint64_t)result, 0);
    if (thread->timeout.armed) {
        alarm_disarm(kernel, &thread->timeout);
    }
    thread->context.result = result;
    thread->state = THREAD_READY;
    thread->wait = TR_WAIT_NONE;
    if (thread_may_run(thread)) {
        scheduler_ready(kernel, thread);
    }
}

void thread_wake_to_step(struct kernel *kernel, struct thread *thread)
{
    thread->state = THREAD_READY;
    thread->wait = TR_WAIT_NONE;
    if (thread_may_run(thread)) {
        scheduler_ready(kernel, thread);
    }
}

static bool waits_at_pipe(const struct thread *thread)
{
    return thread->wait == TR_WAIT_PIPE_READ || thread->wait == TR_WAIT_PIPE_WRITE;
}

/* Out of whatever a sleeping thread is in. */
static void leave_wait(struct thread *thread)
{
    if (thread->wait == TR_WAIT_REPLY) {
        message_caller_gone(thread->on.reply.message);
    } else if (waits_at_pipe(thread)) {
        pipe_leave_line(thread);
    }
    list_remove(&thread->queue);
}

static void report_exit(struct kernel *kernel, struct thread *thread, int64_t code)
{
    const struct tr_event exit = {.kind = TR_EVENT_THREAD_EXIT,
                                  .object = thread->object.id,
                                  .count = 1,
                                  .size = (uint64_t)code};
    event_raise(kernel, thread->process, thread->exit_slot, &exit);
}

static void exit_taken(struct kernel *kernel, struct process *process, struct event_slot *slot,
                       bool delivered)
{
    (void)delivered;
    pool_give(kernel, &kernel->pools.slot, process->account, slot);
}

int64_t thread_exit_reserve(struct kernel *kernel, struct process *process,
                            struct event_slot **slot)
{
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.slot, process->account, &record);
    if (result == 0) {
        *slot = record;
        event_slot_init(*slot, exit_taken);
    }
    return result;
}

void thread_end(struct kernel *kernel, struct thread *thread, int64_t code)
{
    struct process *process = thread->process;
    if (thread->state == THREAD_SLEEPING) {
        leave_wait(thread);
    } else if (thread == kernel->cpu.current || thread_may_run(thread)) {
        scheduler_unready(kernel, thread, TR_SWITCH_END);
    }
    alarm_disarm(kernel, &thread->timeout);
    if (thread->step != NULL && thread->step_abort != NULL) {
        thread->step_abort(kernel, thread);
    }
    thread->state = THREAD_ENDED;
    list_remove(&thread->siblings);
    process->thread_count--;
    if (thread->exit_slot != NULL) {
        if (process->is_ending) {
            exit_taken(kernel, process, thread->exit_slot, false);
        } else {
            report_exit(kernel, thread, code);
        }
    }
    hal_context_end(kernel->machine, &thread->context);
    object_leave(kernel, &thread->object);
    pool_give(kernel, &kernel->pools.thread, process->account, thread);
}

static void suspend_flag_changed(struct kernel *kernel, struct thread *thread, bool could_run)
{
    bool can_run = thread_may_run(thread);
    if (could_run == can_run) {
        return;
    }
    bool in_line = thread->state == THREAD_SLEEPING && thread->wait == TR_WAIT_EVENT;
    if (can_run) {
        if (in_line) {
            event_line_rejoin(kernel, thread);
        } else if (thread->state == THREAD_READY) {
            scheduler_ready(kernel, thread);
        } else if (waits_at_pipe(thread)) {
            pipe_resumed(kernel, thread);
        }
    } else if (in_line) {
        event_line_leave(thread);
    } else if (thread->state != THREAD_SLEEPING) {
        scheduler_unready(kernel, thread, TR_SWITCH_END);
        thread->state = THREAD_READY;
        pipe_suspended(kernel, thread);
    }
}

void thread_set_suspended(struct kernel *kernel, struct thread *thread, bool suspended)
{
    bool could_run = thread_may_run(thread);
    thread->is_suspended = suspended;
    suspend_flag_changed(kernel, thread, could_run);
}

void thread_set_process_suspended(struct kernel *kernel, struct process *process, bool suspended)
{
    bool was = process->is_suspended;
    if (was == suspended) {
        return;
    }
    process->is_suspended = suspended;
    LIST_FOR_SAFE (link, &process->threads) {
        struct thread *thread = CONTAINER(link, struct thread, siblings);
        suspend_flag_changed(kernel, thread, !thread->is_suspended && !was);
    }
}

struct thread *thread_find(struct kernel *kernel, uint64_t pid, uint64_t tid)
{
    struct object *object = object_find(kernel, OBJECT_THREAD, tid);
    if (object == NULL) {
        return NULL;
    }
    struct thread *thread = CONTAINER(object, struct thread, object);
    return thread->process->object.id == pid ? thread : NULL;
}

uint32_t thread_shown_state(const struct thread *thread)
{
    if (!thread_may_run(thread)) {
        return TR_SUSPENDED;
    }
    if (thread->state == THREAD_RUNNING || vm86_has(thread)) {
        return TR_RUNNING;
    }
    return thread->state == THREAD_READY ? TR_READY : TR_SLEEPING;
}

void thread_fill_info(struct kernel *kernel, const struct thread *thread,
                      struct tr_thread_info *info)
{
    uint64_t running = 0;
    if (thread == kernel->cpu.current) {
        running = hal_time(kernel->machine) - kernel->cpu.running_since;
    }
    info->tid = thread->object.id;
    info->cpu_time = thread->cpu_time + running;
    info->state = thread_shown_state(thread);
    wait_describe(thread, info);
}

int64_t thread_next(struct kernel *kernel, const struct process *process, uint64_t after,
                    struct tr_thread_info *info)
{
    LIST_FOR (link, &process->threads) {
        const struct thread *thread = CONTAINER(link, struct thread, siblings);
        if (thread->object.id > after) {
            thread_fill_info(kernel, thread, info);
            return (int64_t)thread->object.id;
        }
    }
    return TR_E_NOENT;
}
