/* SPDX-License-Identifier: MIT */
/* The console's output buffer. */

#include <string.h>

#include "output.h"

#define ECHO_MOST 6144 /* the longest echo of one key: a line and its prompt, redrawn */

static void ring_put(struct output *output, char byte)
{
    output->ring[(output->first + output->count) % OUTPUT_SIZE] = (uint8_t)byte;
    output->count++;
}

static void tail_put(struct output *output, char byte)
{
    if (byte == '\n' || byte == '\r') {
        output->tail_size = 0;
    } else if (output->tail_size < OUTPUT_TAIL) {
        output->tail[output->tail_size++] = byte;
    }
}

size_t output_write(struct output *output, const char *text, size_t size)
{
    size_t done = 0;

    while (done < size && output->count + 2 <= OUTPUT_SIZE - OUTPUT_RESERVE) {
        if (text[done] == '\n' && output->is_terminal) {
            ring_put(output, '\r');
        }
        ring_put(output, text[done]);
        tail_put(output, text[done]);
        done++;
    }
    return done;
}

void output_echo(struct output *output, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size && output->count < OUTPUT_SIZE; i++) {
        ring_put(output, bytes[i]);
    }
}

bool output_takes_echo(const struct output *output)
{
    return output->count + ECHO_MOST <= OUTPUT_SIZE;
}

void output_forget_line(struct output *output)
{
    output->tail_size = 0;
}

bool output_drain(struct output *output, struct uart *uart)
{
    while (output->count > 0) {
        size_t straight = OUTPUT_SIZE - output->first;
        size_t part = output->count < straight ? output->count : straight;
        size_t sent = uart_send(uart, output->ring + output->first, part);
        output->first = (output->first + sent) % OUTPUT_SIZE;
        output->count -= sent;
        if (sent < part) {
            return false;
        }
    }
    return true;
}
