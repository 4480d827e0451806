/* SPDX-License-Identifier: MIT */
#pragma once

/* The serial port: a 16550A on ports 0x3f8–0x3ff, interrupt line 4. What it sends is collected and
 * written to the host in batches; what it receives comes from idle.c.
 *
 * SIM: a host's end of input is what a user at a terminal would do: the last line is ended if it
 * was not, one Ctrl-D (0x04) is received, and the carrier goes (bit 7 of the modem status). */

#include "hal-posix/machine.h"

#define UART_LINE 4

struct uart *uart_create(struct machine *machine);
void uart_destroy(struct uart *uart);

/* True if the receiver is enabled (its interrupt is) and empty. */
bool uart_wants_input(const struct machine *machine);
/* How many bytes fit now. */
size_t uart_input_room(const struct machine *machine);
void uart_input(struct machine *machine, const uint8_t *bytes, size_t size);
void uart_input_ended(struct machine *machine);

/* Writes to the host what has been sent. */
void uart_flush(struct machine *machine);
