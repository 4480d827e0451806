/* SPDX-License-Identifier: MIT */
/* The fixture of the device tests. */

#include "devices.h"

#include <stdio.h>
#include <stdlib.h>

struct posix_hardware device_hardware;
unsigned device_warnings;
char device_warning[256];

static void on_warning(void *user, const char *text)
{
    (void)user;
    device_warnings++;
    snprintf(device_warning, sizeof device_warning, "%s", text);
}

struct machine *device_machine_of(const struct posix_hardware *hardware, uint64_t ram_bytes)
{
    char error[256] = "";
    const struct posix_config config = {.ram_bytes = ram_bytes,
                                        .clock = POSIX_CLOCK_VIRTUAL,
                                        .input = POSIX_INPUT_NONE,
                                        .input_fd = -1,
                                        .output_fd = -1,
                                        .hardware = hardware,
                                        .warn = on_warning};
    device_warnings = 0;
    struct machine *machine = posix_machine_create(&config, error, sizeof error);
    if (machine == NULL) {
        fprintf(stderr, "no machine: %s\n", error);
        abort();
    }
    return machine;
}

struct machine *device_machine(const struct posix_hardware *hardware)
{
    return device_machine_of(hardware, UINT64_C(16) << 20);
}

int device_setup(void **state)
{
    *state = device_machine(&device_hardware);
    return 0;
}

int device_teardown(void **state)
{
    posix_machine_destroy(*state);
    return 0;
}

int device_take(struct machine *machine)
{
    uint32_t line;
    return posix_machine_take(machine, &line) ? (int)line : -1;
}
