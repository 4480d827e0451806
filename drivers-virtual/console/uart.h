/* SPDX-License-Identifier: MIT */
#pragma once

/* The serial line: a 16550 UART, its ports and its interrupt. Nothing here waits. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uart {
    size_t burst;        /* bytes the transmitter takes at once: 16 with a FIFO, else 1 */
    uint8_t enabled;     /* what the interrupt enable register holds */
    bool has_carrier;    /* somebody is at the other end */
    bool has_error_port; /* the machine keeps complaints apart */
};

/* Claims the ports and the interrupt line and sets the device up: 115200 baud, 8 bits, FIFOs on, no
 * interrupts yet; and the port for complaints, if there is one. `cookie` comes with the IRQ events.
 * Returns 0 or a TR_E_*. */
int64_t uart_open(struct uart *uart, uint64_t cookie);

/* Which of the two may interrupt: a received byte, an empty transmitter. A change of the carrier
 * always may. */
void uart_enable(struct uart *uart, bool receive, bool transmit);

/* True if the device still asks for an interrupt. That its transmitter is empty it tells once, and
 * so that the carrier has changed, which is noted; received bytes until they are taken or
 * uart_enable does without them. The interrupt is an edge: the line is served when this is false,
 * not before. */
bool uart_has_cause(struct uart *uart);

/* Sends what the transmitter takes now; returns how many bytes. */
size_t uart_send(struct uart *uart, const uint8_t *bytes, size_t size);

/* Gets a received byte. False: there is none. */
bool uart_receive(uint8_t *byte);

/* Sends complaints, if there is a port for them. */
void uart_complain(const uint8_t *bytes, size_t size);

/* True if the last bit of all that was sent is on the line. */
bool uart_is_idle(void);
