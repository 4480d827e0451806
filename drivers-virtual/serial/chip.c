/* SPDX-License-Identifier: MIT */
/* The second serial port's chip. */

#include <terrarium.h>
#include <terrarium/device/uart.h>

#include "chip.h"

#define FIRST_PORT     0x2f8
#define BAUD_MOST      115200
#define SCRATCH_VALUE  0x5a
#define FIFO_LEVEL     0x40 /* an interrupt at four bytes, or when no more come */
#define ENABLE_ERRORS  0x04
#define ENABLE_MODEM   0x08
#define CAUSE_ERROR    0x06
#define STATUS_ERRORS  0x1e /* overrun, parity, framing, break */
#define MODEM_RTS      0x02
#define MODEM_CARRIER  0x80
#define LINE_TWO_STOPS 0x04
#define LINE_ODD       0x08
#define LINE_EVEN      0x18

static uint8_t enabled;

static uint8_t get(enum uart_register index)
{
    return (uint8_t)tr_port_in(FIRST_PORT + (uint64_t)index, 1);
}

static void put(enum uart_register index, uint32_t value)
{
    tr_port_out(FIRST_PORT + (uint64_t)index, 1, value & 0xff);
}

bool chip_open(int64_t *error)
{
    *error = tr_port_claim(FIRST_PORT, UART_PORTS);
    if (*error < 0) {
        return false;
    }
    put(UART_SCRATCH, SCRATCH_VALUE);
    if (get(UART_SCRATCH) == SCRATCH_VALUE) {
        return true;
    }
    tr_port_release(FIRST_PORT, UART_PORTS);
    return false;
}

void chip_initialise(struct chip_line *line)
{
    *line = (struct chip_line){.baud = BAUD_MOST, .bits = 8, .stop_bits = 1};
    put(UART_LINE_CONTROL, 0); /* the next register may be the divisor's */
    put(UART_INTERRUPT_ENABLE, 0);
    put(UART_FIFO_CONTROL, UART_FIFO_ENABLE | FIFO_LEVEL);
    chip_line_set(line);
    put(UART_MODEM_CONTROL, UART_MODEM_READY);
    enabled = UART_ENABLE_RECEIVED | ENABLE_ERRORS | ENABLE_MODEM;
    put(UART_INTERRUPT_ENABLE, enabled);
}

bool chip_line_set(struct chip_line *line)
{
    static const uint8_t parities[] = {0, LINE_ODD, LINE_EVEN};

    if (line->baud == 0 || line->baud > BAUD_MOST || line->bits < 5 || line->bits > 8 ||
        line->parity > 2 || line->stop_bits < 1 || line->stop_bits > 2) {
        return false;
    }
    uint64_t divisor = (BAUD_MOST + line->baud / 2) / line->baud;
    if (divisor > UINT16_MAX) {
        return false;
    }
    uint32_t control = (uint32_t)(line->bits - 5) | parities[line->parity] |
                       (line->stop_bits == 2 ? LINE_TWO_STOPS : 0);
    put(UART_LINE_CONTROL, control | UART_LINE_DIVISOR);
    put(UART_DATA, (uint32_t)divisor);
    put(UART_INTERRUPT_ENABLE, (uint32_t)divisor >> 8);
    put(UART_LINE_CONTROL, control);
    line->baud = BAUD_MOST / divisor;
    return true;
}

void chip_sender_enable(bool is_on)
{
    uint8_t wanted = (uint8_t)(is_on ? enabled | UART_ENABLE_EMPTY : enabled & ~UART_ENABLE_EMPTY);

    if (wanted != enabled) {
        enabled = wanted;
        put(UART_INTERRUPT_ENABLE, enabled);
    }
}

void chip_ready(bool is_ready)
{
    put(UART_MODEM_CONTROL, is_ready ? UART_MODEM_READY : UART_MODEM_READY & ~(uint32_t)MODEM_RTS);
}

enum chip_cause chip_cause(void)
{
    uint8_t identity = get(UART_INTERRUPT_IDENTITY);

    if ((identity & UART_IDENTITY_NONE) != 0) {
        return CHIP_NONE;
    }
    switch (identity & UART_IDENTITY_MASK) {
    case UART_IDENTITY_EMPTY:
        return CHIP_SENDER;
    case UART_IDENTITY_RECEIVED:
    case UART_IDENTITY_TIMEOUT:
        return CHIP_RECEIVER;
    case CAUSE_ERROR:
        return CHIP_ERROR;
    default:
        return CHIP_MODEM;
    }
}

bool chip_receive(uint8_t *byte)
{
    if ((get(UART_LINE_STATUS) & UART_STATUS_RECEIVED) == 0) {
        return false;
    }
    *byte = get(UART_DATA);
    return true;
}

size_t chip_send(const uint8_t *bytes, size_t size)
{
    if (size == 0 || (get(UART_LINE_STATUS) & UART_STATUS_EMPTY) == 0) {
        return 0;
    }
    size = size < CHIP_BURST ? size : CHIP_BURST;
    tr_port_out_string(FIRST_PORT + UART_DATA, 1, bytes, size);
    return size;
}

bool chip_error(void)
{
    return (get(UART_LINE_STATUS) & STATUS_ERRORS) != 0;
}

bool chip_carrier(void)
{
    return (get(UART_MODEM_STATUS) & MODEM_CARRIER) != 0;
}
