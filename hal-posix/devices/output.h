/* SPDX-License-Identifier: MIT */
#pragma once

/* The host's end of what a device sends: bytes are collected and written in batches. A full pipe is
 * waited for, a closed one swallows the rest; neither raises a signal. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;

#define OUTPUT_SIZE 4096

struct output {
    int file;                                                  /* -1: nobody listens */
    void (*write)(void *user, const void *bytes, size_t size); /* instead of file */
    void *user;
    uint8_t bytes[OUTPUT_SIZE];
    size_t count;
    bool closed;
    uint64_t flushed_at; /* the machine's time */
};

void output_put(struct machine *machine, struct output *output, uint8_t byte);
/* The device has nothing more to send just now. */
void output_pause(struct machine *machine, struct output *output);
void output_flush(struct machine *machine, struct output *output);
