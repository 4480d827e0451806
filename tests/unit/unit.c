/* SPDX-License-Identifier: MIT */
/* The fixture of the unit tests. */

#include "unit.h"

#include <stdio.h>

#include "kernel/process.h"
#include "kernel/state.h"

int unit_setup(void **state)
{
    *state = fake_create(NULL);
    return 0;
}

void unit_audit(struct machine *machine)
{
    char text[256] = "";
    uint64_t faults = kernel_audit(machine->kernel, text, sizeof text);

    if (faults != 0) {
        fail_msg("the audit found %llu faults; the first: %s", (unsigned long long)faults, text);
    }
}

struct thread *unit_two_threads(struct machine *machine, enum tr_class process_class,
                                uint32_t flags, uint64_t *pid)
{
    static _Alignas(16) uint8_t stack[64];
    const struct kernel_host_process wanted = {
        .name = "two", .process_class = process_class, .flags = flags, .ip = 0x1000, .sp = 0x2000};
    struct hal_context *context;
    int64_t made = kernel_host_process(machine->kernel, &wanted, &context);

    assert_true(made > 0);
    *pid = (uint64_t)made;
    machine->current = kernel_next(machine->kernel);
    assert_true(fake_call_as(machine, *pid, TR_NR_thread_create, 16, 0,
                             FAKE_WORD(stack + sizeof(stack)), 0, 0, 0) > 0);
    return machine->kernel->cpu.current;
}

void unit_begin(struct machine *machine, uint64_t number, const uint64_t words[6])
{
    machine->current = kernel_call(machine->kernel, number, words);
    assert_null(machine->current);
    thread_set_suspended(machine->kernel, machine->kernel->cpu.current, true);
    machine->current = kernel_next(machine->kernel);
    assert_non_null(machine->current);
}

int64_t unit_go_on(struct machine *machine, struct thread *first)
{
    thread_set_suspended(machine->kernel, machine->kernel->cpu.current, true);
    thread_set_suspended(machine->kernel, first, false);
    machine->current = kernel_next(machine->kernel);
    while (first->step != NULL) {
        machine->current = kernel_timer(machine->kernel);
    }
    return first->context.result;
}

int unit_teardown(void **state)
{
    struct machine *machine = *state;
    struct kernel_census census;
    char text[160];

    unit_audit(machine);
    if (!machine->stopped) {
        fake_end_all(machine);
        kernel_trim(machine->kernel);
        unit_audit(machine);
        kernel_trim(machine->kernel);
        unit_audit(machine);
        kernel_census(machine->kernel, &census);
        snprintf(text, sizeof text,
                 "processes %llu threads %llu messages %llu pipes %llu "
                 "shared %llu devices %llu watches %llu timers %llu claims %llu user frames %llu",
                 (unsigned long long)census.processes, (unsigned long long)census.threads,
                 (unsigned long long)census.messages, (unsigned long long)census.pipes,
                 (unsigned long long)census.shareds, (unsigned long long)census.devices,
                 (unsigned long long)census.watches, (unsigned long long)census.timers,
                 (unsigned long long)census.claims, (unsigned long long)census.frames_user);
        assert_string_equal(text, "processes 0 threads 0 messages 0 pipes 0 shared 0 devices 0 "
                                  "watches 0 timers 0 claims 0 user frames 0");
        assert_int_equal(machine->spaces_alive, 0);
        assert_int_equal(machine->contexts_alive, 0);
    }
    fake_destroy(machine);
    return 0;
}
