/* SPDX-License-Identifier: MIT */
/* The fixture of the unit tests. */

#include "unit.h"

#include <stdio.h>

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
