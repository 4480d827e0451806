/* SPDX-License-Identifier: MIT */
/* Once a second, while somebody of a lower class waits, the first in each queue is looked at: a
 * thread that is still there and has used no time has not run. That costs nothing where threads are
 * switched, and one look a second at most. */

#include "starve.h"

#include "log.h"
#include "state.h"

#define STARVED_NS UINT64_C(1000000000)

static const struct thread *first_of(const struct kernel *kernel, uint32_t process_class)
{
    const struct list *queue = &kernel->ready[process_class];
    return list_is_empty(queue) ? NULL : CONTAINER(queue->next, const struct thread, queue);
}

static void tell(struct kernel *kernel, uint32_t process_class, const struct thread *waiting)
{
    static const char *const names[TR_KERNEL] = {"drivers", "servers", "applications"};
    const struct process *runs = kernel->cpu.current->process;
    const struct process *waits = waiting->process;
    log_record(
        kernel, TR_LOG_STARVED,
        "%s do not run: %s (process %u) has been ready for a second, and %s (process %u) runs",
        names[process_class], waits->name, waits->object.id, runs->name, runs->object.id);
}

/* Remembers who waits in a class; tells it if the same one has for long enough. True: somebody
 * does. */
static bool look_at(struct kernel *kernel, uint32_t process_class, uint64_t now)
{
    const struct thread *first = first_of(kernel, process_class);
    if (first == NULL) {
        kernel->starve.classes[process_class].tid = 0;
        return false;
    }
    if (kernel->starve.classes[process_class].tid != first->object.id ||
        kernel->starve.classes[process_class].cpu_time != first->cpu_time) {
        kernel->starve.classes[process_class].tid = first->object.id;
        kernel->starve.classes[process_class].cpu_time = first->cpu_time;
        kernel->starve.classes[process_class].since = now;
        kernel->starve.classes[process_class].is_told = false;
    } else if (!kernel->starve.classes[process_class].is_told &&
               now - kernel->starve.classes[process_class].since >= STARVED_NS) {
        kernel->starve.classes[process_class].is_told = true;
        tell(kernel, process_class, first);
    }
    return true;
}

/* Looks at all classes below that of the running thread. */
static void look(struct kernel *kernel)
{
    uint64_t now = hal_time(kernel->machine);
    bool somebody = false;
    if (kernel->cpu.current != NULL) {
        uint32_t runs = kernel->cpu.current->process->process_class;
        for (uint32_t c = 0; c < TR_KERNEL; c++) {
            if (c <= runs) {
                kernel->starve.classes[c].tid = 0;
            } else if (look_at(kernel, c, now)) {
                somebody = true;
            }
        }
    }
    if (somebody) {
        alarm_arm(kernel, &kernel->starve.alarm, now + STARVED_NS);
    }
}

static void ring(struct kernel *kernel, struct alarm *alarm)
{
    (void)alarm;
    look(kernel);
}

void starve_setup(struct kernel *kernel)
{
    alarm_init(&kernel->starve.alarm, ring);
}

void starve_may_begin(struct kernel *kernel)
{
    if (kernel->starve.alarm.armed) {
        return;
    }
    for (uint32_t c = kernel->cpu.current->process->process_class + 1; c < TR_KERNEL; c++) {
        if (!list_is_empty(&kernel->ready[c])) {
            look(kernel);
            return;
        }
    }
}

void starve_is_over(struct kernel *kernel)
{
    if (kernel->starve.alarm.armed) {
        alarm_disarm(kernel, &kernel->starve.alarm);
    }
}

bool starve_has(const struct kernel *kernel, const struct process *process)
{
    return process == NULL || (kernel->starve.classes[process->process_class].tid != 0 &&
                               kernel->starve.classes[process->process_class].is_told);
}
