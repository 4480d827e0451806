/* SPDX-License-Identifier: MIT */
/* The serial line. Set-up uses port instructions; what runs for every byte uses calls, which cost
 * a fraction of a trapped instruction. */

#include <terrarium.h>
#include <terrarium/device/uart.h>

#include "port.h"
#include "uart.h"

#define BAUD_DIVISOR 1 /* 115200 baud */

static uint8_t uart_read(enum uart_register index)
{
    return (uint8_t)tr_port_in(UART_FIRST_PORT + (uint64_t)index, 1);
}

static void uart_write(enum uart_register index, uint8_t value)
{
    tr_port_out(UART_FIRST_PORT + (uint64_t)index, 1, value);
}

static bool error_port_open(void)
{
    return tr_port_claim(UART_ERROR_PORT, 1) >= 0 && port_read(UART_ERROR_PORT) == UART_ERROR_PORT;
}

static bool carrier_read(void)
{
    return (uart_read(UART_MODEM_STATUS) & UART_MODEM_CARRIER) != 0;
}

int64_t uart_open(struct uart *uart, uint64_t cookie)
{
    int64_t result = tr_port_claim(UART_FIRST_PORT, UART_PORTS);

    if (result < 0) {
        return result;
    }
    port_write(UART_FIRST_PORT + UART_LINE_CONTROL, UART_LINE_8N1);
    port_write(UART_FIRST_PORT + UART_INTERRUPT_ENABLE, 0);
    port_write(UART_FIRST_PORT + UART_LINE_CONTROL, UART_LINE_8N1 | UART_LINE_DIVISOR);
    port_write(UART_FIRST_PORT + UART_DATA, BAUD_DIVISOR);
    port_write(UART_FIRST_PORT + UART_INTERRUPT_ENABLE, BAUD_DIVISOR >> 8);
    port_write(UART_FIRST_PORT + UART_LINE_CONTROL, UART_LINE_8N1);
    port_write(UART_FIRST_PORT + UART_FIFO_CONTROL, UART_FIFO_ENABLE);
    port_write(UART_FIRST_PORT + UART_MODEM_CONTROL, UART_MODEM_READY);
    uint8_t identity = port_read(UART_FIRST_PORT + UART_INTERRUPT_IDENTITY);
    bool has_fifo = (identity & UART_IDENTITY_FIFO) == UART_IDENTITY_FIFO;
    *uart = (struct uart){.burst = has_fifo ? UART_FIFO_SIZE : 1,
                          .has_carrier = carrier_read(),
                          .has_error_port = error_port_open()};
    return tr_irq_listen(UART_IRQ, cookie);
}

void uart_enable(struct uart *uart, bool receive, bool transmit)
{
    uint8_t wanted = (uint8_t)((receive ? UART_ENABLE_RECEIVED : 0) |
                               (transmit ? UART_ENABLE_EMPTY : 0) | UART_ENABLE_MODEM);

    if (wanted != uart->enabled) {
        uart->enabled = wanted;
        uart_write(UART_INTERRUPT_ENABLE, wanted);
    }
}

bool uart_has_cause(struct uart *uart)
{
    uint8_t identity = uart_read(UART_INTERRUPT_IDENTITY);

    if ((identity & UART_IDENTITY_NONE) != 0) {
        return false;
    }
    if ((identity & UART_IDENTITY_MASK) == UART_IDENTITY_MODEM) {
        uart->has_carrier = carrier_read();
    }
    return true;
}

size_t uart_send(struct uart *uart, const uint8_t *bytes, size_t size)
{
    size_t sent = 0;

    while (sent < size && (uart_read(UART_LINE_STATUS) & UART_STATUS_EMPTY) != 0) {
        size_t part = size - sent < uart->burst ? size - sent : uart->burst;
        tr_port_out_string(UART_FIRST_PORT + UART_DATA, 1, bytes + sent, part);
        sent += part;
    }
    return sent;
}

bool uart_receive(uint8_t *byte)
{
    if ((uart_read(UART_LINE_STATUS) & UART_STATUS_RECEIVED) == 0) {
        return false;
    }
    *byte = uart_read(UART_DATA);
    return true;
}

void uart_complain(const uint8_t *bytes, size_t size)
{
    tr_port_out_string(UART_ERROR_PORT, 1, bytes, size);
}

bool uart_is_idle(void)
{
    return (uart_read(UART_LINE_STATUS) & UART_STATUS_IDLE) != 0;
}
