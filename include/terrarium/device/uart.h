/* SPDX-License-Identifier: MIT */
#pragma once

/* The registers of a 16550 UART, as offsets from its first port. Source: the data sheet of the
 * PC16550D. Offset 0 reads received bytes and writes bytes to send; while the divisor latch is
 * open (LCR bit 7) offsets 0 and 1 are the divisor of 115200 baud. */

#define UART_FIRST_PORT 0x3f8 /* the first serial line of a PC */
#define UART_PORTS      8
#define UART_IRQ        4

enum uart_register {
    UART_DATA = 0,
    UART_INTERRUPT_ENABLE = 1,
    UART_INTERRUPT_IDENTITY = 2, /* read */
    UART_FIFO_CONTROL = 2,       /* write */
    UART_LINE_CONTROL = 3,
    UART_MODEM_CONTROL = 4,
    UART_LINE_STATUS = 5,
    UART_MODEM_STATUS = 6,
    UART_SCRATCH = 7
};

#define UART_ENABLE_RECEIVED 0x01
#define UART_ENABLE_EMPTY    0x02 /* the transmitter can take bytes */
#define UART_ENABLE_MODEM    0x08 /* the modem status has changed */

#define UART_IDENTITY_NONE     0x01 /* no interrupt is pending */
#define UART_IDENTITY_MASK     0x0e
#define UART_IDENTITY_MODEM    0x00 /* ends when the modem status is read */
#define UART_IDENTITY_EMPTY    0x02
#define UART_IDENTITY_RECEIVED 0x04
#define UART_IDENTITY_TIMEOUT  0x0c
#define UART_IDENTITY_FIFO     0xc0 /* both bits: the FIFOs work */

#define UART_FIFO_ENABLE 0x07 /* on, both emptied */
#define UART_FIFO_SIZE   16

#define UART_LINE_8N1     0x03
#define UART_LINE_DIVISOR 0x80

#define UART_MODEM_READY 0x0b /* DTR, RTS, and OUT2 which lets the interrupt out */

#define UART_STATUS_RECEIVED 0x01
#define UART_STATUS_EMPTY    0x20 /* the transmitter can take UART_FIFO_SIZE bytes */
#define UART_STATUS_IDLE     0x40 /* all has been sent */

#define UART_MODEM_CARRIER 0x80 /* somebody is at the other end */

/* The port beside it that takes complaints, a byte an access, at once and without interrupts;
 * reading gives its own number where it is. Source: the "port E9 hack" of Bochs. */
#define UART_ERROR_PORT 0xe9
