/* SPDX-License-Identifier: MIT */
/* Host ticks. With the host's clock they are the machine's timer interrupt. With the virtual clock
 * they only look for a program that neither calls nor counts: such a program is preempted and
 * time is pushed on, since nothing else would ever end its slice. Ticks count processor time, so
 * that a loaded host changes nothing, nor a debugger that looks at every signal; and the next one
 * counts from the end of the one before, so that there is always some for the program. */

#include "trap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"
#include "window.h"

#define HOST_TICK_NS  4000000
#define WATCH_TICK_NS 10000000
#define WATCH_TICKS   3
#define PUSH_NS       UINT64_C(10000000)

/* The linker's. */
extern const char __executable_start[], etext[];

bool watchdog_tick(struct machine *machine)
{
    if (machine->config.clock == POSIX_CLOCK_HOST || atomic_load(&machine->interrupted) != 0) {
        return true;
    }
    bool moved = machine->statistics.traps != machine->watch_traps ||
                 machine->gate.budget != machine->watch_budget;
    machine->watch_traps = machine->statistics.traps;
    machine->watch_budget = machine->gate.budget;
    machine->watch_count = moved ? 0 : machine->watch_count + 1;
    return machine->gate.in_kernel == 0 && !machine->gate.current->space->is_host &&
           machine->watch_count >= WATCH_TICKS * tool_slowness();
}

/* It is stopped in the host program's own text if it comes there, since functions of a library may
 * hold a lock. */
bool watchdog_is_stray(const struct machine *machine, uint64_t ip)
{
    if (machine->config.stray == NULL || machine->gate.in_kernel != 0 ||
        !machine->gate.current->space->is_host) {
        return false;
    }
    bool is_own = ip >= (uint64_t)(uintptr_t)__executable_start && ip < (uint64_t)(uintptr_t)etext;
    uint64_t limit = machine->config.stray_ns * tool_slowness() * (is_own ? 1 : 2);
    return (uint64_t)machine->watch_count * WATCH_TICK_NS >= limit;
}

static void warn_once(struct machine *machine)
{
    struct window *window = window_of(machine->gate.current->space);
    if (window->warned) {
        return;
    }
    struct tr_process_info info;
    uint64_t pid = kernel_current_pid(machine->kernel);
    window->warned = true;
    if (pid != 0 && kernel_process_next(machine->kernel, pid - 1, &info) >= 0) {
        host_warn(machine,
                  "process %llu %s runs long without a call and is not counted: from here on this "
                  "run need not repeat exactly",
                  (unsigned long long)pid, info.name);
    }
}

void watchdog_preempt(struct machine *machine)
{
    machine->statistics.preemptions++;
    machine->host_now_valid = false;
    if (machine->config.clock == POSIX_CLOCK_HOST || atomic_load(&machine->interrupted) != 0) {
        return;
    }
    warn_once(machine);
    machine->watch_count = 0;
    machine->pushed = machine->gate.current;
    machine->push_until = timeline_now(machine) + PUSH_NS;
}

bool watchdog_push(struct machine *machine, const struct hal_context *next)
{
    uint64_t now = timeline_now(machine), event = timeline_next(machine);
    if (machine->pushed == NULL || now >= machine->push_until) {
        machine->pushed = NULL;
        return false;
    }
    if (next != machine->pushed) {
        return false;
    }
    timeline_jump(machine, event < machine->push_until ? event : machine->push_until);
    return true;
}

bool watchdog_create(struct machine *machine, char *error, size_t error_size)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = TICK_SIGNAL};
    event._sigev_un._tid = gettid();
    if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &machine->tick_timer) != 0) {
        snprintf(error, error_size, "the host gives no timer: %s (ulimit -i)", strerror(errno));
        return false;
    }
    machine->tick_made = true;
    return true;
}

void watchdog_destroy(struct machine *machine)
{
    if (machine->tick_made) {
        timer_delete(machine->tick_timer);
        machine->tick_made = false;
    }
}

static void timer_set(struct machine *machine, long ns)
{
    const struct itimerspec timing = {.it_value.tv_nsec = ns};
    if (timer_settime(machine->tick_timer, 0, &timing, NULL) != 0) {
        host_fatal("cannot set the host's timer");
    }
}

void watchdog_next(struct machine *machine)
{
    timer_set(machine, machine->config.clock == POSIX_CLOCK_HOST ? HOST_TICK_NS : WATCH_TICK_NS);
}

void watchdog_start(struct machine *machine)
{
    machine->watch_count = 0;
    watchdog_next(machine);
}

void watchdog_stop(struct machine *machine)
{
    timer_set(machine, 0);
}
