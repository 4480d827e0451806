/* SPDX-License-Identifier: MIT */
#pragma once

/* Where the bytes of the console and of programs' complaints go: standard output and standard
 * error. When nobody reads the output any more, the run ends. */

#include <stdbool.h>
#include <stddef.h>

struct machine;

struct sim_output {
    int fd;
    struct machine *machine; /* interrupted when the output closes */
    bool is_optional;        /* the run goes on without it */
    bool closed;
    bool failed; /* it was the host's doing, not the reader's */
};

void sim_output_write(struct sim_output *output, const void *bytes, size_t size);
