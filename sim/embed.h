/* SPDX-License-Identifier: MIT */
#pragma once

/* The files inside the terrarium binary: every program of the tree and the default boot file. The
 * table itself is an assembler file that CMake writes. */

#include <stddef.h>
#include <stdint.h>

struct sim_embedded {
    const char *name; /* "shell.elf", "default.boot" */
    const uint8_t *bytes;
    uint64_t size;
};

extern const struct sim_embedded sim_embedded_files[];
extern const uint64_t sim_embedded_count;

/* How many of the first bytes of such a program are needed to load it: behind them are names and
 * debug information, for tools that know the whole file. */
uint64_t sim_embedded_loadable(const void *bytes, uint64_t size);

/* By its name; ".elf" may be left out. NULL: there is none. */
const struct sim_embedded *sim_embedded_find(const char *name);
