/* SPDX-License-Identifier: MIT */
#pragma once

/* The host's end of what a device sends: bytes are collected and written in batches. A closed pipe
 * swallows the rest and raises no signal. A full one is waited for, until the run is interrupted;
 * but a line loses what nobody has listened to for OUTPUT_PATIENCE_MS, and what comes after it
 * until somebody does. The machine's time stands still meanwhile. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;

#define OUTPUT_SIZE        4096
#define OUTPUT_PATIENCE_MS 2000

struct output {
    int file;                                                  /* -1: nobody listens */
    void (*write)(void *user, const void *bytes, size_t size); /* instead of file */
    void *user;
    bool
        is_line; /* of a line, which waits for nobody; the file is non-blocking, or a regular one */
    bool is_unheard;
    uint64_t lost; /* bytes */
    uint8_t bytes[OUTPUT_SIZE];
    size_t count;
    bool closed;
    uint64_t flushed_at; /* the machine's time */
};

void output_put(struct machine *machine, struct output *output, uint8_t byte);
/* The device has nothing more to send just now. */
void output_pause(struct machine *machine, struct output *output);
void output_flush(struct machine *machine, struct output *output);
