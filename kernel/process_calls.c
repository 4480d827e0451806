/* SPDX-License-Identifier: MIT */
/* The calls about processes that exist (interface.md 3): looking, ending, suspending, dropping.
 * Starting new ones is spawn.c. */

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "device.h"
#include "irq.h"
#include "physical.h"
#include "port.h"
#include "process.h"
#include "scheduler.h"
#include "state.h"
#include "vm86.h"
#include "watch.h"

static int64_t give_info(struct kernel *kernel, const struct process *subject, uint64_t info)
{
    struct tr_process_info facts;
    process_fill_info(kernel, subject, &facts);
    (void)copy_out(kernel, kernel_caller(kernel), info, &facts, sizeof(facts));
    return (int64_t)subject->object.id;
}

static int64_t check_info(struct kernel *kernel, uint64_t info)
{
    return copy_check(kernel, kernel_caller(kernel), info, sizeof(struct tr_process_info),
                      TR_WRITE);
}

int64_t call_process_self(struct kernel *kernel, uint64_t info)
{
    const struct process *self = kernel_caller(kernel);
    if (info == 0) {
        return (int64_t)self->object.id;
    }
    int64_t result = check_info(kernel, info);
    return result < 0 ? result : give_info(kernel, self, info);
}

int64_t call_process_info(struct kernel *kernel, uint64_t pid, uint64_t info)
{
    int64_t result = check_info(kernel, info);
    if (result < 0) {
        return result;
    }
    const struct process *subject = process_find(kernel, pid);
    if (subject == NULL) {
        return TR_E_NOENT;
    }
    (void)give_info(kernel, subject, info);
    return 0;
}

int64_t call_process_next(struct kernel *kernel, uint64_t after_pid, uint64_t info)
{
    int64_t result = check_info(kernel, info);
    if (result < 0) {
        return result;
    }
    const struct process *next = process_after(kernel, after_pid);
    return next == NULL ? TR_E_NOENT : give_info(kernel, next, info);
}

int64_t call_process_find(struct kernel *kernel, uint64_t name, uint64_t after_pid)
{
    char text[TR_NAME_MAX];
    int64_t result = copy_in_string(kernel, kernel_caller(kernel), text, name, sizeof(text));
    if (result < 0) {
        return result;
    }
    const struct process *found = process_of_name(kernel, text, after_pid);
    return found == NULL ? TR_E_NOENT : (int64_t)found->object.id;
}

int64_t call_process_exit(struct kernel *kernel, int64_t code)
{
    struct process *self = kernel_caller(kernel);
    process_end(kernel, self, code, TR_EVENT_EXITED, self->object.id);
    return CALL_LATER;
}

/* Whether the caller may end, suspend or resume this pid, by class alone. */
static bool may_act_on(const struct process *caller, uint64_t pid)
{
    return pid == 0 || pid == caller->object.id || caller->process_class != TR_APPLICATION;
}

int64_t call_process_terminate(struct kernel *kernel, uint64_t pid, int64_t code)
{
    const struct process *caller = kernel_caller(kernel);
    if (!may_act_on(caller, pid)) {
        log_refused(kernel, "terminate of process", pid);
        return TR_E_PERM;
    }
    struct process *subject = process_find(kernel, pid);
    if (subject == NULL) {
        return TR_E_NOENT;
    }
    if (subject == caller) {
        return call_process_exit(kernel, code);
    }
    process_end(kernel, subject, code, TR_EVENT_KILLED, caller->object.id);
    return 0;
}

int64_t call_process_suspend(struct kernel *kernel, uint64_t pid)
{
    if (!may_act_on(kernel_caller(kernel), pid)) {
        log_refused(kernel, "suspend of process", pid);
        return TR_E_PERM;
    }
    struct process *subject = process_find(kernel, pid);
    if (subject == NULL) {
        return TR_E_NOENT;
    }
    if (subject->is_blank) {
        return TR_E_STATE;
    }
    thread_set_process_suspended(kernel, subject, true);
    return 0;
}

int64_t call_process_resume(struct kernel *kernel, uint64_t pid)
{
    const struct process *caller = kernel_caller(kernel);
    struct process *subject = process_find(kernel, pid);
    bool is_unrun_child =
        subject != NULL && subject->parent == caller->object.id && !subject->has_run;
    if (!may_act_on(caller, pid) && !is_unrun_child) {
        log_refused(kernel, "resume of process", pid);
        return TR_E_PERM;
    }
    if (subject == NULL) {
        return TR_E_NOENT;
    }
    if (subject->is_blank) {
        return TR_E_STATE;
    }
    thread_set_process_suspended(kernel, subject, false);
    return 0;
}

int64_t call_process_restrict(struct kernel *kernel, uint32_t flags)
{
    if ((flags & ~TR_SPAWN_NO_SPAWN) != 0) {
        return TR_E_INVAL;
    }
    kernel_caller(kernel)->flags |= flags;
    return 0;
}

/* interface.md 2: what a lower class may not hold goes, in one step. */
static void give_up_rights(struct kernel *kernel, struct process *process, uint32_t new_class)
{
    if (process->process_class == TR_DRIVER) {
        port_end_all(kernel, process);
        irq_end_all(kernel, process);
        physical_end_all(kernel, process);
        vm86_drop_all(process);
    }
    device_class_dropped(kernel, process, new_class);
}

int64_t call_process_drop_class(struct kernel *kernel, uint32_t process_class)
{
    struct process *self = kernel_caller(kernel);
    if (process_class > TR_APPLICATION) {
        return TR_E_INVAL;
    }
    if (process_class < self->process_class) {
        log_refused(kernel, "a rise to class", process_class);
        return TR_E_PERM;
    }
    if (process_class == self->process_class) {
        self->flags &= ~TR_SPAWN_MANAGER;
        return 0;
    }
    give_up_rights(kernel, self, process_class);
    self->flags &= ~TR_SPAWN_MANAGER;
    self->process_class = process_class;
    self->account->process_class = process_class;
    process_rename(kernel, self, process_class, process_short_name(self));
    scheduler_class_changed(kernel, self);
    watch_class_changed(kernel, self);
    log_reader_changed(kernel);
    return 0;
}
