/* SPDX-License-Identifier: MIT */
/* That a class waits is noted when somebody of it is seen ready while a higher one runs, and
 * forgotten when one of it runs: a word per switch. Only the alarm, at most one a second and class,
 * looks at the time. */

#include "starve.h"

#include "log.h"
#include "state.h"

#define STARVED_NS UINT64_C(1000000000)

static bool waits(const struct kernel *kernel, uint32_t process_class)
{
    uint64_t since = kernel->starve.since[process_class];
    return since != STARVE_NO && since != STARVE_TOLD;
}

/* The alarm rings when the one that has waited longest will have waited for long enough. */
static void arm(struct kernel *kernel)
{
    uint64_t first = TR_FOREVER;
    for (uint32_t c = 0; c < TR_KERNEL; c++) {
        if (waits(kernel, c) && kernel->starve.since[c] < first) {
            first = kernel->starve.since[c];
        }
    }
    if (first != TR_FOREVER) {
        alarm_arm(kernel, &kernel->starve.alarm, first + STARVED_NS);
    }
}

static void tell(struct kernel *kernel, uint32_t process_class, uint64_t now)
{
    static const char *const names[TR_KERNEL] = {"drivers", "servers", "applications"};
    const struct thread *first =
        CONTAINER(kernel->ready[process_class].next, const struct thread, queue);
    const struct process *runs = kernel->cpu.current->process;
    uint64_t waited = now - kernel->starve.since[process_class];
    kernel->starve.since[process_class] = STARVE_TOLD;
    log_record(kernel, TR_LOG_STARVED,
               "%s have not run for %u ms: %s (process %u) is ready, and %s (process %u) runs",
               names[process_class], waited / 1000000, first->process->name,
               first->process->object.id, runs->name, runs->object.id);
}

static void ring(struct kernel *kernel, struct alarm *alarm)
{
    (void)alarm;
    uint64_t now = hal_time(kernel->machine);
    for (uint32_t c = 0; c < TR_KERNEL; c++) {
        if (waits(kernel, c) && now - kernel->starve.since[c] >= STARVED_NS) {
            tell(kernel, c, now);
        }
    }
    arm(kernel);
}

void starve_setup(struct kernel *kernel)
{
    alarm_init(&kernel->starve.alarm, ring);
    kernel->starve.running = TR_KERNEL;
    for (uint32_t c = 0; c < TR_KERNEL; c++) {
        kernel->starve.since[c] = STARVE_NO;
    }
}

void starve_look(struct kernel *kernel, uint32_t running)
{
    kernel->starve.running = running;
    kernel->starve.since[running] = STARVE_NO;
    for (uint32_t c = running + 1; c < TR_KERNEL; c++) {
        if (kernel->starve.since[c] == STARVE_NO && !list_is_empty(&kernel->ready[c])) {
            kernel->starve.since[c] = hal_time(kernel->machine);
            if (!kernel->starve.alarm.armed) {
                arm(kernel);
            }
        }
    }
}

void starve_left(struct kernel *kernel, uint32_t process_class)
{
    if (waits(kernel, process_class) && list_is_empty(&kernel->ready[process_class])) {
        kernel->starve.since[process_class] = STARVE_NO;
    }
}

void starve_is_over(struct kernel *kernel)
{
    kernel->starve.running = TR_KERNEL;
    if (kernel->starve.alarm.armed) {
        alarm_disarm(kernel, &kernel->starve.alarm);
    }
}

bool starve_has(const struct kernel *kernel, const struct process *process)
{
    return process == NULL || (kernel->starve.since[process->process_class] == STARVE_TOLD &&
                               !list_is_empty(&kernel->ready[process->process_class]));
}
