/* SPDX-License-Identifier: MIT */
/* The calls about threads (interface.md 4). */

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "process.h"
#include "scheduler.h"
#include "state.h"
#include "thread.h"

/* The stack is the caller's memory just below the address. */
static int64_t stack_check(struct kernel *kernel, struct process *process, uint64_t top)
{
    if (top == 0 || (top & 15) != 0) {
        return TR_E_INVAL;
    }
    int64_t result = copy_check(kernel, process, top - 16, 16, TR_WRITE);
    return result == TR_E_FAULT ? TR_E_INVAL : result;
}

int64_t call_thread_create(struct kernel *kernel, uint64_t entry, uint64_t arg, uint64_t stack_top,
                           uint32_t flags)
{
    struct process *process = kernel_caller(kernel);
    if ((flags & ~(TR_THREAD_NOTIFY | TR_THREAD_NOBLOCK)) != 0) {
        return TR_E_INVAL;
    }
    int64_t result = stack_check(kernel, process, stack_top);
    if (result < 0) {
        return result;
    }
    struct event_slot *slot = NULL;
    if ((flags & TR_THREAD_NOTIFY) != 0) {
        result = thread_exit_reserve(kernel, process, &slot);
        if (result < 0) {
            return result;
        }
    }
    struct thread *thread;
    result = thread_make(kernel, process, entry, stack_top, arg, &thread);
    if (result < 0) {
        if (slot != NULL) {
            pool_give(kernel, &kernel->pools.slot, process->account, slot);
        }
        return result;
    }
    thread->exit_slot = slot;
    thread->is_noblock = (flags & TR_THREAD_NOBLOCK) != 0;
    tool(kernel, HAL_TOOL_STACK, (const void *)(uintptr_t)(stack_top - TR_PAGE_SIZE), NULL,
         TR_PAGE_SIZE);
    thread_admit(kernel, thread);
    return (int64_t)thread->object.id;
}

int64_t call_thread_self(struct kernel *kernel)
{
    return (int64_t)kernel->cpu.current->object.id;
}

/* Ends one thread of a process, and the process with the last. */
static void end_one(struct kernel *kernel, struct thread *thread, int64_t code, uint32_t how,
                    uint64_t by)
{
    struct process *process = thread->process;
    if (process->thread_count == 1) {
        process_end(kernel, process, code, how, by);
    } else {
        thread_end(kernel, thread, code);
    }
}

int64_t call_thread_exit(struct kernel *kernel, int64_t code)
{
    end_one(kernel, kernel->cpu.current, code, TR_EVENT_EXITED, kernel_caller(kernel)->object.id);
    return CALL_LATER;
}

/* Finds a thread that the caller may act on: its own, or any for drivers and servers. */
static int64_t find_subject(struct kernel *kernel, uint64_t pid, uint64_t tid,
                            struct thread **thread)
{
    const struct process *caller = kernel_caller(kernel);
    if (pid != 0 && pid != caller->object.id && caller->process_class == TR_APPLICATION) {
        log_refused(kernel, "a thread of process", pid);
        return TR_E_PERM;
    }
    *thread = thread_find(kernel, pid, tid);
    return *thread == NULL ? TR_E_NOENT : 0;
}

int64_t call_thread_terminate(struct kernel *kernel, uint64_t pid, uint64_t tid, int64_t code)
{
    struct thread *thread;
    int64_t result = find_subject(kernel, pid, tid, &thread);
    if (result < 0) {
        return result;
    }
    bool is_self = thread == kernel->cpu.current;
    uint32_t how = is_self ? TR_EVENT_EXITED : TR_EVENT_KILLED;
    end_one(kernel, thread, code, how, kernel_caller(kernel)->object.id);
    return is_self ? CALL_LATER : 0;
}

int64_t call_thread_suspend(struct kernel *kernel, uint64_t pid, uint64_t tid)
{
    struct thread *thread;
    int64_t result = find_subject(kernel, pid, tid, &thread);
    if (result == 0) {
        thread_set_suspended(kernel, thread, true);
    }
    return result;
}

int64_t call_thread_resume(struct kernel *kernel, uint64_t pid, uint64_t tid)
{
    struct thread *thread;
    int64_t result = find_subject(kernel, pid, tid, &thread);
    if (result == 0) {
        thread_set_suspended(kernel, thread, false);
    }
    return result;
}

int64_t call_thread_yield(struct kernel *kernel)
{
    scheduler_yield(kernel, TR_SWITCH_YIELD);
    return 0;
}

/* Machines cannot load a pointer that is no address, so it has to lie in the window. */
int64_t call_thread_pointer(struct kernel *kernel, uint64_t address)
{
    struct thread *thread = kernel->cpu.current;
    const struct space *space = &thread->process->space;
    if (address != 0 && !space_holds(space, address / TR_PAGE_SIZE * TR_PAGE_SIZE, 1)) {
        return TR_E_INVAL;
    }
    return hal_context_pointer(kernel->machine, &thread->context, address) ? 0 : TR_E_NOSYS;
}

int64_t call_thread_sleep(struct kernel *kernel, uint64_t until)
{
    struct thread *thread = kernel->cpu.current;
    if (thread->wake_kept) {
        thread->wake_kept = false;
        return 1;
    }
    if (until <= hal_time(kernel->machine)) {
        return 0;
    }
    if (thread->is_noblock) {
        return TR_E_AGAIN;
    }
    thread_sleep_on(kernel, thread, TR_WAIT_SLEEP, until);
    return CALL_LATER;
}

int64_t call_thread_wake(struct kernel *kernel, uint64_t tid)
{
    struct thread *thread = thread_find(kernel, kernel_caller(kernel)->object.id, tid);
    if (thread == NULL) {
        return TR_E_NOENT;
    }
    if (thread->state == THREAD_SLEEPING && thread->wait == TR_WAIT_SLEEP) {
        thread_wake(kernel, thread, 1);
    } else {
        thread->wake_kept = true;
    }
    return 0;
}

int64_t call_thread_next(struct kernel *kernel, uint64_t pid, uint64_t after_tid, uint64_t info)
{
    struct process *caller = kernel_caller(kernel);
    int64_t result = copy_check(kernel, caller, info, sizeof(struct tr_thread_info), TR_WRITE);
    if (result < 0) {
        return result;
    }
    const struct process *process = process_find(kernel, pid);
    if (process == NULL) {
        return TR_E_NOENT;
    }
    struct tr_thread_info facts;
    result = thread_next(kernel, process, after_tid, &facts);
    if (result > 0) {
        (void)copy_out(kernel, caller, info, &facts, sizeof(facts));
    }
    return result;
}
