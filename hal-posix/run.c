/* SPDX-License-Identifier: MIT */
/* Running: what the gate calls, and the loop that lets happen what is due before a context is
 * resumed. A call usually passes through here without looking at anything but two words.
 *
 * Virtual costs, beside those of gate.h: an interrupt or timer 500 ns, a fault 1000 ns. */

#include <string.h>

#include "arch.h"
#include "devices/pic.h"
#include "fiber.h"
#include "host_calls.h"
#include "serial.h"
#include "tool.h"
#include "trap.h"

#define INTERRUPT_NS 500
#define FAULT_NS     1000

_Thread_local struct machine *gate_machine;

void machine_end(struct machine *machine, enum posix_end end)
{
    if (!machine->ending) {
        machine->ending = true;
        machine->result.end = end;
    }
    machine->gate.attention = 1;
}

static void begin_entry(struct machine *machine, int64_t ns)
{
    machine->gate.budget -= ns;
    machine->host_now_valid = false;
}

static bool is_deadline_passed(struct machine *machine)
{
    return machine->deadline != TR_FOREVER && machine->deadline <= timeline_now(machine);
}

/* Lets one thing happen that is due. True if there was any; *next is then what runs. */
static bool settle_one(struct machine *machine, struct hal_context **next)
{
    uint32_t line;
    if (timeline_fire_due(machine)) {
        return true;
    }
    if (machine->notice_count > 0) {
        char text[MACHINE_NOTICE_SIZE];
        memcpy(text, machine->notices[0], sizeof text);
        memmove(machine->notices[0], machine->notices[1],
                --machine->notice_count * sizeof machine->notices[0]);
        *next = kernel_refused(machine->kernel, text);
        return true;
    }
    if (pic_take(machine, &line)) {
        begin_entry(machine, INTERRUPT_NS);
        machine->statistics.interrupts++;
        *next = kernel_interrupt(machine->kernel, line);
        return true;
    }
    if (is_deadline_passed(machine)) {
        begin_entry(machine, INTERRUPT_NS);
        machine->deadline = TR_FOREVER;
        *next = kernel_timer(machine->kernel);
        return true;
    }
    return false;
}

static void check_ends(struct machine *machine)
{
    uint64_t stop_at = machine->config.stop_at;
    if (atomic_load(&machine->interrupted) != 0) {
        machine_end(machine, POSIX_END_INTERRUPTED);
    } else if (stop_at != 0 && timeline_now(machine) >= stop_at) {
        machine_end(machine, POSIX_END_TIME);
    }
}

/* Everything that is due happens; idles if nothing is runnable. NULL: the run is over. */
static struct hal_context *settle(struct machine *machine, struct hal_context *next)
{
    for (;;) {
        machine->gate.attention = 0;
        check_ends(machine);
        if (machine->ending) {
            return NULL;
        }
        if (settle_one(machine, &next)) {
            continue;
        }
        if (next != NULL && !watchdog_push(machine, next)) {
            break;
        }
        if (next != NULL) {
            continue;
        }
        if (!machine_idle(machine)) {
            machine_end(machine, POSIX_END_IDLE);
        }
    }
    machine_poll_input(machine);
    timeline_rearm(machine);
    if (machine->pushed != NULL) {
        timeline_look_soon(machine);
    }
    machine->gate.current = next;
    return next;
}

/* The machine's C ends: `next` runs on, NULL: nobody. */
static struct hal_context *enter_user(struct machine *machine, struct hal_context *next)
{
    if (machine->watched) {
        tool_before_user(machine, next);
    }
    fiber_enters_user(machine, next);
    return next;
}

struct hal_context *machine_on_call(struct machine *machine, uint64_t number, const uint64_t *words)
{
    fiber_left_user(machine);
    machine->statistics.traps++;
    begin_entry(machine, GATE_TRAP_NS);
    struct hal_context *next = kernel_call(machine->kernel, number, words);
    if (next == NULL || machine->gate.budget < 0) {
        next = settle(machine, next);
    }
    machine->gate.current = next;
    return enter_user(machine, next);
}

static void tell_stray(struct machine *machine)
{
    const struct posix_stray stray = {.pid = kernel_current_pid(machine->kernel),
                                      .tid = kernel_current_tid(machine->kernel),
                                      .ip = machine->trap.ip,
                                      .address = machine->trap.address,
                                      .signal = machine->trap.signal,
                                      .is_write = machine->trap.access == HAL_WRITE};
    machine->config.stray(machine->config.user, &stray);
}

struct hal_context *machine_on_event(struct machine *machine)
{
    fiber_left_user(machine);
    struct hal_context *next = machine->gate.current;
    enum trap_kind kind = machine->trap.kind;
    machine->trap.kind = TRAP_NONE;
    machine->host_now_valid = false;
    if (kind == TRAP_BEGIN) {
        next = kernel_next(machine->kernel);
    } else if (kind == TRAP_TICK) {
        watchdog_preempt(machine);
    } else if (kind == TRAP_STRAY) {
        tell_stray(machine);
        machine_end(machine, POSIX_END_INTERRUPTED);
    } else if (kind == TRAP_SIGNAL) {
        begin_entry(machine, FAULT_NS);
        machine->statistics.traps++;
        next = fault_handle(machine);
    }
    next = enter_user(machine, settle(machine, next));
    if (kind == TRAP_TICK) {
        watchdog_next(machine);
    }
    return next;
}

void posix_machine_run(struct machine *machine, struct posix_result *result)
{
    trap_hold(machine);
    machine->running = true;
    machine->ending = false;
    machine->trap.kind = TRAP_BEGIN;
    machine->result = (struct posix_result){0};
    machine->gate.in_kernel = 1;
    machine->host_now_valid = false;
    machine->paced_host_ns = host_clock_ns();
    machine->paced_time = timeline_now(machine);
    (void)host_calls_refuse();
    arch_run_begin(machine);
    gate_machine = machine;
    watchdog_start(machine);
    gate_run(machine);
    watchdog_stop(machine);
    gate_machine = NULL;
    arch_run_end(machine);
    host_calls_allow();
    machine->running = false;
    machine_flush(machine);
    serial_tell_lost(machine);
    atomic_store(&machine->interrupted, 0);
    machine_waken(machine);
    trap_release(machine);
    *result = machine->result;
}

bool posix_is_inside(void)
{
    return gate_machine != NULL && gate_machine->gate.in_kernel == 0;
}

void hal_stop(struct machine *machine, enum tr_stop how, uint32_t code)
{
    machine->result.how = how;
    machine->result.code = code;
    machine_end(machine, POSIX_END_STOPPED);
}

uint64_t hal_time(struct machine *machine)
{
    return timeline_now(machine);
}

void hal_timer(struct machine *machine, uint64_t deadline)
{
    machine->deadline = deadline;
    if (machine->config.clock == POSIX_CLOCK_VIRTUAL && deadline < machine->timeline.horizon) {
        timeline_rearm(machine);
    }
}

void hal_charge(struct machine *machine, uint64_t ns)
{
    if (machine->config.clock == POSIX_CLOCK_VIRTUAL) {
        machine->gate.budget -= (int64_t)ns;
    }
}
