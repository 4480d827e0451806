/* SPDX-License-Identifier: MIT */
#pragma once

/* Serial ports: 16550A (National Semiconductor PC16550D data sheet). The first, on ports
 * 0x3f8–0x3ff and line 4, is the console: what it sends is collected and written to the host in
 * batches; what it receives comes from idle.c. The second, 0x2f8–0x2ff and line 3, has its other
 * end in serial.c.
 *
 * SIM: a host's end of input is the loss of the carrier (bit 7 of the modem status). Parity
 * has its time on the line but is not checked: the line makes no mistakes. */

#include "hal-posix/machine.h"

struct uart;

/* The other end of the line: a byte has come out of the sender, the sender has nothing more just
 * now, the receiver has room again (or may have). */
struct uart_end {
    void *user;
    void (*sent)(struct machine *machine, void *user, uint8_t byte);
    void (*paused)(struct machine *machine, void *user);
    void (*ready)(struct machine *machine, void *user);
};

struct uart *uart_create(struct machine *machine, uint32_t first_port, uint32_t line,
                         const struct uart_end *end);
void uart_destroy(struct uart *uart);

/* True if the receiver is enabled (its interrupt is) and empty. */
bool uart_wants_input(const struct uart *uart);
/* How many bytes fit now. */
size_t uart_input_room(const struct uart *uart);
void uart_input(struct machine *machine, struct uart *uart, const uint8_t *bytes, size_t size);
/* The line is held low for longer than a byte. */
void uart_break(struct machine *machine, struct uart *uart);
/* The other end is there (the carrier, and its readiness). */
void uart_carrier(struct machine *machine, struct uart *uart, bool is_there);
/* Nothing is plugged in, from power-on: all inputs are low. */
void uart_unplug(struct uart *uart);
/* The system asks the other end to send (RTS). */
bool uart_is_open(const struct uart *uart);
/* How long a byte is on the line. */
uint64_t uart_byte_ns(const struct uart *uart);
/* What was received and not read by a program: at most UART_UNREAD bytes; how many. */
#define UART_UNREAD 16
size_t uart_unread(const struct uart *uart, uint8_t bytes[UART_UNREAD]);
