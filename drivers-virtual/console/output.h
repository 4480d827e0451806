/* SPDX-License-Identifier: MIT */
#pragma once

/* The console's output buffer: a ring of bytes on their way to the line. Writers fill it up to a
 * reserve that is kept for the echo of keys, so typing never waits for a flood of text. It
 * remembers what stands on the present line, which is the prompt of a program that wrote one. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uart.h"

#define OUTPUT_SIZE    16384
#define OUTPUT_RESERVE 8192
#define OUTPUT_TAIL    256

struct output {
    bool is_terminal; /* a newline becomes "\r\n" */
    size_t first, count;
    size_t tail_size; /* bytes on the present line, as far as they are kept */
    char tail[OUTPUT_TAIL];
    uint8_t ring[OUTPUT_SIZE];
};

/* Puts as much of a writer's text as fits; returns how many bytes. */
size_t output_write(struct output *output, const char *text, size_t size);

/* Puts editing (echo, escape sequences) that is no part of any line. What does not fit is lost. */
void output_echo(struct output *output, const char *bytes, size_t size);

/* True if the echo of some more keys fits. */
bool output_takes_echo(const struct output *output);

/* Forgets the present line: something else stands there now. */
void output_forget_line(struct output *output);

/* Hands the transmitter what it takes. True if nothing is left. */
bool output_drain(struct output *output, struct uart *uart);
