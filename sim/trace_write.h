/* SPDX-License-Identifier: MIT */
#pragma once

/* Writes the binary trace (include/terrarium/trace.h) and keeps its hash. Gathers records in a
 * buffer; a write error is told once and ends the writing, not the run. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/trace.h>

#define SIM_TRACE_BUFFER 1024

struct sim_trace {
    int fd; /* -1: only the hash is kept */
    const char *path;
    uint64_t hash, count;
    bool failed;
    uint32_t held;
    struct tr_trace_record records[SIM_TRACE_BUFFER];
};

/* `path` NULL: only the hash. Complains and returns false if the file cannot be made. */
bool sim_trace_open(struct sim_trace *trace, const char *path, uint64_t seed, uint64_t image_hash);

void sim_trace_record(struct sim_trace *trace, const struct tr_trace_record *record);

/* Writes what is left. False if anything could not be written. */
bool sim_trace_close(struct sim_trace *trace);
