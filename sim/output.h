/* SPDX-License-Identifier: MIT */
#pragma once

/* Where the UART's bytes go: standard output. When nobody reads it any more, the run ends. */

#include <stdbool.h>
#include <stddef.h>

struct machine;

struct sim_output {
    int fd;
    struct machine *machine; /* interrupted when the output closes */
    bool closed;
};

void sim_output_write(struct sim_output *output, const void *bytes, size_t size);
