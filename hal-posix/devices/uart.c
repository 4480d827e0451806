/* SPDX-License-Identifier: MIT */
/* The serial port (National Semiconductor PC16550D data sheet). FIFOs of 16 bytes both ways; the
 * transmitter sends a byte in the time of ten bits at the programmed rate. The interrupt output
 * rises, an edge on line 4, when the first enabled cause appears after there was none. */

#include "uart.h"

#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "pic.h"

#define UART_PORT  0x3f8
#define UART_CLOCK UINT64_C(115200) /* bits a second at divisor 1 */
#define FIFO_SIZE  16

enum { REG_DATA = 0, REG_IER, REG_IIR, REG_LCR, REG_MCR, REG_LSR, REG_MSR, REG_SCRATCH };
enum { IER_RECEIVED = 1, IER_SENT = 2, IER_LINE = 4, IER_MODEM = 8 };
enum {
    IIR_NONE = 1,
    IIR_MODEM = 0,
    IIR_SENT = 2,
    IIR_RECEIVED = 4,
    IIR_TIMEOUT = 12,
    IIR_LINE = 6
};
enum { FCR_ENABLE = 1, FCR_CLEAR_RECEIVER = 2, FCR_CLEAR_SENDER = 4, IIR_FIFOS = 0xc0 };
enum { LCR_DIVISOR = 0x80, MCR_LOOP = 0x10 };
enum { LSR_READY = 1, LSR_OVERRUN = 2, LSR_HOLDING_EMPTY = 0x20, LSR_IDLE = 0x40 };
enum { MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_CARRIER = 0x80, MSR_CARRIER_CHANGED = 8 };

struct fifo {
    uint8_t bytes[FIFO_SIZE];
    uint32_t first, count;
};

struct uart {
    struct timed sent; /* first: when the byte in the shift register is out */
    struct bus_range ports;
    struct output output;
    struct fifo receiver, sender;
    bool shifting;     /* a byte is on the line */
    bool sent_pending; /* "holding register empty" asks; reading IIR or writing data ends it */
    bool line_up;      /* the interrupt output */
    bool in_line;      /* the last byte received was no newline */
    bool overrun, carrier_changed, carrier_lost, fifos;
    uint32_t ier, lcr, mcr, scratch, divisor, trigger;
};

static bool fifo_put(struct fifo *fifo, uint32_t most, uint8_t byte)
{
    if (fifo->count >= most) {
        return false;
    }
    fifo->bytes[(fifo->first + fifo->count++) % FIFO_SIZE] = byte;
    return true;
}

static uint8_t fifo_get(struct fifo *fifo)
{
    uint8_t byte = fifo->bytes[fifo->first];
    fifo->first = (fifo->first + 1) % FIFO_SIZE;
    fifo->count--;
    return byte;
}

static uint32_t fifo_most(const struct uart *uart)
{
    return uart->fifos ? FIFO_SIZE : 1;
}

/* The cause of highest priority that is enabled. SIM: bytes below the trigger level time out at
 * once instead of after four characters' time. */
static uint32_t cause(const struct uart *uart)
{
    if ((uart->ier & IER_LINE) != 0 && uart->overrun) {
        return IIR_LINE;
    }
    if ((uart->ier & IER_RECEIVED) != 0 && uart->receiver.count > 0) {
        return uart->receiver.count >= uart->trigger ? IIR_RECEIVED : IIR_TIMEOUT;
    }
    if ((uart->ier & IER_SENT) != 0 && uart->sent_pending) {
        return IIR_SENT;
    }
    return (uart->ier & IER_MODEM) != 0 && uart->carrier_changed ? IIR_MODEM : IIR_NONE;
}

static void update(struct machine *machine, struct uart *uart)
{
    bool up = cause(uart) != IIR_NONE;
    if (up && !uart->line_up) {
        pic_raise(machine, UART_LINE);
    }
    uart->line_up = up;
    if ((uart->ier & IER_RECEIVED) != 0 && uart->receiver.count == 0) {
        machine_wants_input(machine);
    }
}

static void receive(struct uart *uart, uint8_t byte)
{
    if (!fifo_put(&uart->receiver, fifo_most(uart), byte)) {
        uart->overrun = true;
    }
}

/* Puts the next byte on the line. */
static void shift_next(struct machine *machine, struct uart *uart)
{
    uint8_t byte = fifo_get(&uart->sender);
    uint64_t divisor = uart->divisor == 0 ? 65536 : uart->divisor;
    uart->shifting = true;
    if ((uart->mcr & MCR_LOOP) != 0) {
        receive(uart, byte);
    } else {
        output_put(machine, &uart->output, byte);
    }
    uart->sent_pending = uart->sender.count == 0 || uart->sent_pending;
    timeline_set(machine, &uart->sent,
                 timeline_now(machine) + 10 * UINT64_C(1000000000) * divisor / UART_CLOCK);
}

static void sent_fire(struct machine *machine, struct timed *timed)
{
    struct uart *uart = (struct uart *)timed;
    uart->shifting = false;
    if (uart->sender.count > 0) {
        shift_next(machine, uart);
    } else {
        output_pause(machine, &uart->output);
    }
    update(machine, uart);
}

static void send(struct machine *machine, struct uart *uart, uint8_t byte)
{
    uart->sent_pending = false;
    if (fifo_put(&uart->sender, fifo_most(uart), byte) && !uart->shifting) {
        shift_next(machine, uart);
    }
}

static uint32_t modem_status(struct uart *uart)
{
    uint32_t value = MSR_CTS | MSR_DSR | (uart->carrier_lost ? 0 : MSR_CARRIER) |
                     (uart->carrier_changed ? MSR_CARRIER_CHANGED : 0);
    uart->carrier_changed = false;
    return value;
}

static uint32_t line_status(struct uart *uart)
{
    uint32_t value = (uart->receiver.count > 0 ? LSR_READY : 0) | (uart->overrun ? LSR_OVERRUN : 0);
    uart->overrun = false;
    if (uart->sender.count == 0) {
        value |= LSR_HOLDING_EMPTY | (uart->shifting ? 0 : LSR_IDLE);
    }
    return value;
}

static uint32_t identify(struct uart *uart)
{
    uint32_t value = cause(uart);
    if (value == IIR_SENT) {
        uart->sent_pending = false;
    }
    return value | (uart->fifos ? IIR_FIFOS : 0);
}

static uint32_t read_register(struct uart *uart, uint32_t offset)
{
    bool divisor = (uart->lcr & LCR_DIVISOR) != 0;
    switch (offset) {
    case REG_DATA:
        if (divisor) {
            return uart->divisor & 0xff;
        }
        return uart->receiver.count > 0 ? fifo_get(&uart->receiver) : 0;
    case REG_IER:
        return divisor ? uart->divisor >> 8 : uart->ier;
    case REG_IIR:
        return identify(uart);
    case REG_LCR:
        return uart->lcr;
    case REG_MCR:
        return uart->mcr;
    case REG_LSR:
        return line_status(uart);
    case REG_MSR:
        return modem_status(uart);
    default:
        return uart->scratch;
    }
}

static uint32_t uart_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)width;
    uint32_t value = read_register(device, offset);
    update(machine, device);
    return value;
}

static void control_fifos(struct uart *uart, uint32_t value)
{
    static const uint8_t triggers[] = {1, 4, 8, 14};
    bool enable = (value & FCR_ENABLE) != 0;
    if ((value & FCR_CLEAR_RECEIVER) != 0 || enable != uart->fifos) {
        uart->receiver.count = 0;
    }
    if ((value & FCR_CLEAR_SENDER) != 0 || enable != uart->fifos) {
        uart->sender.count = 0;
    }
    uart->fifos = enable;
    uart->trigger = enable ? triggers[(value >> 6) & 3] : 1;
}

static void enable_causes(struct uart *uart, uint32_t value)
{
    bool sender_newly = (value & IER_SENT) != 0 && (uart->ier & IER_SENT) == 0;
    uart->ier = value & 15;
    if (sender_newly && uart->sender.count == 0) {
        uart->sent_pending = true;
    }
}

static void uart_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    (void)width;
    struct uart *uart = device;
    bool divisor = (uart->lcr & LCR_DIVISOR) != 0;
    if (offset == REG_DATA && divisor) {
        uart->divisor = (uart->divisor & 0xff00) | value;
    } else if (offset == REG_DATA) {
        send(machine, uart, (uint8_t)value);
    } else if (offset == REG_IER && divisor) {
        uart->divisor = (uart->divisor & 0xff) | value << 8;
    } else if (offset == REG_IER) {
        enable_causes(uart, value);
    } else if (offset == REG_IIR) {
        control_fifos(uart, value);
    } else if (offset == REG_LCR) {
        uart->lcr = value;
    } else if (offset == REG_MCR) {
        uart->mcr = value & 0x1f;
    } else if (offset == REG_SCRATCH) {
        uart->scratch = value;
    }
    update(machine, uart);
}

bool uart_wants_input(const struct machine *machine)
{
    const struct uart *uart = machine->uart;
    return (uart->ier & IER_RECEIVED) != 0 && uart->receiver.count == 0;
}

size_t uart_input_room(const struct machine *machine)
{
    return fifo_most(machine->uart) - machine->uart->receiver.count;
}

void uart_input(struct machine *machine, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        receive(machine->uart, bytes[i]);
        machine->uart->in_line = bytes[i] != '\n';
    }
    update(machine, machine->uart);
}

void uart_input_ended(struct machine *machine)
{
    const uint8_t end[] = {'\n', 4};
    bool in_line = machine->uart->in_line;
    machine->uart->carrier_lost = machine->uart->carrier_changed = true;
    uart_input(machine, in_line ? end : end + 1, in_line ? 2 : 1);
}

void uart_flush(struct machine *machine)
{
    output_flush(machine, &machine->uart->output);
}

struct uart *uart_create(struct machine *machine)
{
    struct uart *uart = calloc(1, sizeof *uart);
    if (uart == NULL) {
        return NULL;
    }
    uart->sent.fire = sent_fire;
    uart->divisor = 1;
    uart->trigger = 1;
    uart->ports = (struct bus_range){
        .first = UART_PORT, .count = 8, .device = uart, .in = uart_in, .out = uart_out};
    bus_attach(machine, &uart->ports);
    return uart;
}

void uart_destroy(struct uart *uart)
{
    free(uart);
}
