/* SPDX-License-Identifier: MIT */
/* Stopping the machine, facts about it, and the boot modules.
 *
 * Invariant: stop.waiting counts the live processes with is_asked; when it comes to 0 the machine
 * has been stopped. There is one stop in a kernel's life. */

#include "system.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "log.h"
#include "state.h"
#include "string.h"

#define SOFT_PANIC_TIME (UINT64_C(5) * 1000 * 1000 * 1000)

static void finish(struct kernel *kernel)
{
    if (kernel->stop.is_done) {
        return;
    }
    kernel->stop.is_done = true;
    alarm_disarm(kernel, &kernel->stop.alarm);
    trace(kernel, TR_TRACE_STOP, kernel->stop.how, kernel->stop.code, 0, 0);
    hal_stop(kernel->machine, kernel->stop.how, kernel->stop.code);
}

static void deadline_ring(struct kernel *kernel, struct alarm *alarm)
{
    (void)alarm;
    finish(kernel);
}

void system_setup(struct kernel *kernel)
{
    alarm_init(&kernel->stop.alarm, deadline_ring);
}

void system_booted(struct kernel *kernel)
{
    uint64_t now = hal_time(kernel->machine);
    kernel->booted_at = now == 0 ? 1 : now;
    log_booted(kernel);
}

/* SAVE_STATE to everyone who lives; the suspended cannot answer and are not waited for. */
static void ask_all(struct kernel *kernel)
{
    const struct tr_event event = {
        .kind = TR_EVENT_SAVE_STATE, .object = kernel->stop.deadline, .count = 1};
    struct process *process = process_after(kernel, 0);
    for (; process != NULL; process = process_after(kernel, process->object.id)) {
        if (process->is_blank) {
            continue;
        }
        if (!process->is_suspended) {
            process->is_asked = true;
            kernel->stop.waiting++;
        }
        event_raise_first(kernel, process, &process->save_state, &event);
    }
}

static int64_t begin(struct kernel *kernel, uint32_t how, uint32_t code, uint64_t timeout)
{
    if (kernel->stop.is_on) {
        return TR_E_STATE;
    }
    kernel->stop.is_on = true;
    kernel->stop.how = (enum tr_stop)how;
    kernel->stop.code = code;
    kernel->stop.deadline = alarm_after(kernel, timeout);
    ask_all(kernel);
    if (timeout == 0 || kernel->stop.waiting == 0) {
        finish(kernel);
    } else {
        alarm_arm(kernel, &kernel->stop.alarm, kernel->stop.deadline);
    }
    return 0;
}

static void answered(struct kernel *kernel, struct process *process)
{
    if (!process->is_asked) {
        return;
    }
    process->is_asked = false;
    kernel->stop.waiting--;
    if (kernel->stop.waiting == 0) {
        finish(kernel);
    }
}

void system_soft_panic(struct kernel *kernel)
{
    (void)begin(kernel, TR_STOP_REBOOT, 0, SOFT_PANIC_TIME);
}

void system_process_gone(struct kernel *kernel, struct process *process)
{
    answered(kernel, process);
}

int64_t call_system_stop(struct kernel *kernel, uint32_t how, uint32_t code, uint64_t timeout)
{
    if (how > TR_STOP_HALT || code > 255) {
        return TR_E_INVAL;
    }
    return begin(kernel, how, code, timeout);
}

int64_t call_system_reboot(struct kernel *kernel, uint64_t timeout)
{
    return begin(kernel, TR_STOP_REBOOT, 0, timeout);
}

int64_t call_system_saved(struct kernel *kernel)
{
    if (!kernel->stop.is_on) {
        return TR_E_STATE;
    }
    answered(kernel, kernel_caller(kernel));
    return 0;
}

int64_t call_system_info(struct kernel *kernel, uint64_t info)
{
    struct tr_system_info facts = {
        .abi_version = TR_ABI_VERSION,
        .cpus = 1,
        .page_size = TR_PAGE_SIZE,
        .ram_pages = kernel->frames.end - kernel->frames.first,
        .uptime = hal_time(kernel->machine),
        .limits = kernel->config.limits,
    };
    memcpy(facts.crossings, kernel->crossings, sizeof(facts.crossings));
    memcpy(facts.switches, kernel->switches, sizeof(facts.switches));
    return copy_out(kernel, kernel_caller(kernel), info, &facts, sizeof(facts));
}

/* Each call maps it anew; tr_memory_release takes a map away. An empty module has no address. */
static int64_t map_module(struct kernel *kernel, const struct boot_module *module, uint64_t *va)
{
    struct space *space = &kernel_caller(kernel)->space;
    uint64_t pages = (module->size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
    *va = 0;
    if (pages == 0) {
        return 0;
    }
    uint64_t found = space_find_free(space, pages, 0);
    if (found == 0 || space_prepare(kernel, space, found, pages) < 0) {
        return TR_E_NOMEM;
    }
    for (uint64_t i = 0; i < pages; i++) {
        space_set(kernel, space, found + i * TR_PAGE_SIZE,
                  ENTRY((uint64_t)module->frame + i, PAGE_MODULE, TR_READ));
    }
    *va = found;
    return 0;
}

int64_t call_boot_module(struct kernel *kernel, uint64_t index, uint64_t info)
{
    struct process *process = kernel_caller(kernel);
    struct tr_boot_module facts = {0};
    int64_t result = copy_check(kernel, process, info, sizeof(facts), TR_WRITE);
    if (result < 0) {
        return result;
    }
    if (index >= kernel->module_count) {
        return TR_E_NOENT;
    }
    const struct boot_module *module = &kernel->modules[index];
    result = map_module(kernel, module, &facts.va);
    if (result < 0) {
        return result;
    }
    facts.size = module->size;
    memcpy(facts.name, module->name, sizeof(facts.name));
    return copy_out(kernel, process, info, &facts, sizeof(facts));
}
