/* SPDX-License-Identifier: MIT */
/* A serial port. FIFOs of 16 bytes both ways; the transmitter sends a byte in the time of its bits
 * at the programmed rate. The interrupt output is high while an enabled cause is there, if OUT2
 * lets it through, as a PC wires it. */

#include "uart.h"

#include <stdlib.h>
#include <string.h>

#include "pic.h"

#define UART_CLOCK   UINT64_C(115200) /* bits a second at divisor 1 */
#define NS_PER_S     UINT64_C(1000000000)
#define FIFO_SIZE    16
#define TIMEOUT_TIME 4 /* bytes' time */

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
enum { LCR_BITS = 3, LCR_LONG_STOP = 4, LCR_PARITY = 8, LCR_BREAK = 0x40, LCR_DIVISOR = 0x80 };
enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 0x10 };
enum {
    LSR_READY = 1,
    LSR_OVERRUN = 2,
    LSR_BREAK = 0x10,
    LSR_HOLDING_EMPTY = 0x20,
    LSR_IDLE = 0x40,
    LSR_FIFO_ERROR = 0x80
};
enum { MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RING = 0x40, MSR_CARRIER = 0x80, MSR_RING_CHANGED = 4 };

struct fifo {
    uint16_t bytes[FIFO_SIZE]; /* of the receiver: the line status bits of a byte above it */
    uint32_t first, count;
};

struct uart {
    struct timed sent; /* first: when the byte in the shift register is out */
    struct timed timeout;
    struct bus_range ports;
    struct uart_end end;
    uint32_t line;
    struct fifo receiver, sender;
    uint32_t shifted;  /* the byte on the line */
    bool shifting;     /* a byte is on the line */
    bool sent_pending; /* "holding register empty" asks; reading IIR or writing data ends it */
    bool timed_out;    /* bytes below the trigger level have waited for long enough */
    bool fifos;
    uint32_t errors;         /* line status bits until it is read */
    uint32_t inputs, deltas; /* modem status: the inputs from outside, and what changed */
    uint32_t ier, lcr, mcr, scratch, divisor, trigger;
};

static bool fifo_put(struct fifo *fifo, uint32_t most, uint16_t byte)
{
    if (fifo->count >= most) {
        return false;
    }
    fifo->bytes[(fifo->first + fifo->count++) % FIFO_SIZE] = byte;
    return true;
}

static uint16_t fifo_get(struct fifo *fifo)
{
    uint16_t byte = fifo->bytes[fifo->first];
    fifo->first = (fifo->first + 1) % FIFO_SIZE;
    fifo->count--;
    return byte;
}

static uint32_t fifo_most(const struct uart *uart)
{
    return uart->fifos ? FIFO_SIZE : 1;
}

uint64_t uart_byte_ns(const struct uart *uart)
{
    uint64_t divisor = uart->divisor == 0 ? 65536 : uart->divisor;
    uint64_t bits = 7 + (uart->lcr & LCR_BITS) + ((uart->lcr & LCR_PARITY) != 0 ? 1U : 0) +
                    ((uart->lcr & LCR_LONG_STOP) != 0 ? 1U : 0);
    return bits * NS_PER_S * divisor / UART_CLOCK;
}

/* ---- Causes --------------------------------------------------------------------------------- */

/* Errors of the oldest byte show in the line status as soon as it is the oldest. */
static void reveal_errors(struct uart *uart)
{
    if (uart->receiver.count > 0) {
        uint16_t *oldest = &uart->receiver.bytes[uart->receiver.first];
        uart->errors |= (uint32_t)*oldest >> 8;
        *oldest &= 0xff;
    }
}

/* The cause of highest priority that is enabled. */
static uint32_t cause(const struct uart *uart)
{
    if ((uart->ier & IER_LINE) != 0 && uart->errors != 0) {
        return IIR_LINE;
    }
    if ((uart->ier & IER_RECEIVED) != 0 && uart->receiver.count >= uart->trigger) {
        return IIR_RECEIVED;
    }
    if ((uart->ier & IER_RECEIVED) != 0 && uart->timed_out) {
        return IIR_TIMEOUT;
    }
    if ((uart->ier & IER_SENT) != 0 && uart->sent_pending) {
        return IIR_SENT;
    }
    return (uart->ier & IER_MODEM) != 0 && uart->deltas != 0 ? IIR_MODEM : IIR_NONE;
}

static void update(struct machine *machine, struct uart *uart)
{
    reveal_errors(uart);
    bool is_out = (uart->mcr & MCR_OUT2) != 0 && (uart->mcr & MCR_LOOP) == 0;
    line_set(machine, uart->line, is_out && cause(uart) != IIR_NONE);
    if (uart->end.ready != NULL && uart->receiver.count < fifo_most(uart)) {
        uart->end.ready(machine, uart->end.user);
    }
}

/* Bytes below the trigger level are told of when nothing has come or been read for a while. */
static void watch_timeout(struct machine *machine, struct uart *uart)
{
    uart->timed_out = false;
    if (uart->fifos && uart->receiver.count > 0) {
        timeline_set(machine, &uart->timeout,
                     timeline_now(machine) + TIMEOUT_TIME * uart_byte_ns(uart));
    } else {
        timeline_cancel(machine, &uart->timeout);
    }
}

static void timeout_fire(struct machine *machine, struct timed *timed)
{
    struct uart *uart = (struct uart *)((char *)timed - offsetof(struct uart, timeout));
    uart->timed_out = true;
    update(machine, uart);
}

static uint32_t byte_mask(const struct uart *uart)
{
    return 0xffU >> (3 - (uart->lcr & LCR_BITS));
}

static void receive(struct machine *machine, struct uart *uart, uint32_t byte, uint32_t errors)
{
    uint16_t entry = (uint16_t)((byte & byte_mask(uart)) | errors << 8);
    if (!fifo_put(&uart->receiver, fifo_most(uart), entry)) {
        uart->errors |= LSR_OVERRUN;
    }
    watch_timeout(machine, uart);
}

/* ---- Sending -------------------------------------------------------------------------------- */

/* Puts the next byte on the line. */
static void shift_next(struct machine *machine, struct uart *uart)
{
    uart->shifted = fifo_get(&uart->sender) & byte_mask(uart);
    uart->shifting = true;
    if ((uart->mcr & MCR_LOOP) == 0 && (uart->lcr & LCR_BREAK) == 0 && uart->end.sent != NULL) {
        uart->end.sent(machine, uart->end.user, (uint8_t)uart->shifted);
    }
    uart->sent_pending = uart->sender.count == 0 || uart->sent_pending;
    timeline_set(machine, &uart->sent, timeline_now(machine) + uart_byte_ns(uart));
}

static void sent_fire(struct machine *machine, struct timed *timed)
{
    struct uart *uart = (struct uart *)timed;
    uart->shifting = false;
    if ((uart->mcr & MCR_LOOP) != 0) {
        bool is_break = (uart->lcr & LCR_BREAK) != 0;
        receive(machine, uart, is_break ? 0 : uart->shifted, is_break ? LSR_BREAK : 0);
    }
    if (uart->sender.count > 0) {
        shift_next(machine, uart);
    } else if (uart->end.paused != NULL) {
        uart->end.paused(machine, uart->end.user);
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

/* ---- The modem ------------------------------------------------------------------------------ */

/* The four inputs as the program sees them: in the loop they are the outputs. */
static uint32_t modem_inputs(const struct uart *uart)
{
    if ((uart->mcr & MCR_LOOP) == 0) {
        return uart->inputs;
    }
    return ((uart->mcr & MCR_RTS) != 0 ? MSR_CTS : 0U) |
           ((uart->mcr & MCR_DTR) != 0 ? MSR_DSR : 0U) |
           ((uart->mcr & MCR_OUT1) != 0 ? MSR_RING : 0U) |
           ((uart->mcr & MCR_OUT2) != 0 ? MSR_CARRIER : 0U);
}

/* A change of any input is remembered; of the ring indicator only its end. */
static void note_deltas(struct uart *uart, uint32_t before)
{
    uint32_t now = modem_inputs(uart), changed = (now ^ before) >> 4;
    bool ring_ends = (before & MSR_RING) != 0 && (now & MSR_RING) == 0;
    uart->deltas |= (changed & ~(uint32_t)MSR_RING_CHANGED) | (ring_ends ? MSR_RING_CHANGED : 0U);
}

void uart_carrier(struct machine *machine, struct uart *uart, bool is_there)
{
    uint32_t before = modem_inputs(uart);
    uart->inputs = MSR_CTS | MSR_DSR | (is_there ? MSR_CARRIER : 0U);
    note_deltas(uart, before);
    update(machine, uart);
}

void uart_unplug(struct uart *uart)
{
    uart->inputs = 0;
}

static void set_modem(struct uart *uart, uint32_t value)
{
    uint32_t before = modem_inputs(uart);
    uart->mcr = value & 0x1f;
    note_deltas(uart, before);
}

/* ---- Registers ------------------------------------------------------------------------------ */

static uint32_t modem_status(struct uart *uart)
{
    uint32_t value = modem_inputs(uart) | uart->deltas;
    uart->deltas = 0;
    return value;
}

static bool has_hidden_error(const struct uart *uart)
{
    for (uint32_t i = 0; i < uart->receiver.count; i++) {
        if (uart->receiver.bytes[(uart->receiver.first + i) % FIFO_SIZE] > 0xff) {
            return true;
        }
    }
    return false;
}

static uint32_t line_status(struct uart *uart)
{
    bool in_fifo = uart->fifos && ((uart->errors & LSR_BREAK) != 0 || has_hidden_error(uart));
    uint32_t value = (uart->receiver.count > 0 ? LSR_READY : 0U) | uart->errors |
                     (in_fifo ? LSR_FIFO_ERROR : 0U);
    uart->errors = 0;
    if (uart->sender.count == 0) {
        value |= LSR_HOLDING_EMPTY | (uart->shifting ? 0U : LSR_IDLE);
    }
    return value;
}

static uint32_t identify(struct uart *uart)
{
    uint32_t value = cause(uart);
    if (value == IIR_SENT) {
        uart->sent_pending = false;
    }
    return value | (uart->fifos ? IIR_FIFOS : 0U);
}

static uint32_t read_data(struct machine *machine, struct uart *uart)
{
    uint32_t byte = uart->receiver.count > 0 ? fifo_get(&uart->receiver) & 0xffU : 0;
    watch_timeout(machine, uart);
    return byte;
}

static uint32_t read_register(struct machine *machine, struct uart *uart, uint32_t offset)
{
    bool divisor = (uart->lcr & LCR_DIVISOR) != 0;
    switch (offset) {
    case REG_DATA:
        return divisor ? uart->divisor & 0xff : read_data(machine, uart);
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
    uint32_t value = read_register(machine, device, offset);
    update(machine, device);
    return value;
}

static void control_fifos(struct machine *machine, struct uart *uart, uint32_t value)
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
    watch_timeout(machine, uart);
}

static void enable_causes(struct uart *uart, uint32_t value)
{
    bool sender_newly = (value & IER_SENT) != 0 && (uart->ier & IER_SENT) == 0;
    uart->ier = value & 15;
    if (sender_newly && uart->sender.count == 0) {
        uart->sent_pending = true;
    }
}

static void write_register(struct machine *machine, struct uart *uart, uint32_t offset,
                           uint32_t value)
{
    bool divisor = (uart->lcr & LCR_DIVISOR) != 0;
    switch (offset) {
    case REG_DATA:
        if (divisor) {
            uart->divisor = (uart->divisor & 0xff00) | value;
        } else {
            send(machine, uart, (uint8_t)value);
        }
        break;
    case REG_IER:
        if (divisor) {
            uart->divisor = (uart->divisor & 0xff) | value << 8;
        } else {
            enable_causes(uart, value);
        }
        break;
    case REG_IIR:
        control_fifos(machine, uart, value);
        break;
    case REG_LCR:
        uart->lcr = value;
        break;
    case REG_MCR:
        set_modem(uart, value);
        break;
    case REG_SCRATCH:
        uart->scratch = value;
        break;
    default:
        break;
    }
}

static void uart_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    (void)width;
    write_register(machine, device, offset, value);
    update(machine, device);
}

/* ---- The other end -------------------------------------------------------------------------- */

bool uart_wants_input(const struct uart *uart)
{
    return (uart->ier & IER_RECEIVED) != 0 && uart->receiver.count == 0;
}

size_t uart_input_room(const struct uart *uart)
{
    return fifo_most(uart) - uart->receiver.count;
}

bool uart_is_open(const struct uart *uart)
{
    return (uart->mcr & (MCR_RTS | MCR_LOOP)) == MCR_RTS;
}

void uart_input(struct machine *machine, struct uart *uart, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        receive(machine, uart, bytes[i], 0);
    }
    update(machine, uart);
}

void uart_break(struct machine *machine, struct uart *uart)
{
    receive(machine, uart, 0, LSR_BREAK);
    update(machine, uart);
}

size_t uart_unread(const struct uart *uart, uint8_t bytes[UART_UNREAD])
{
    for (uint32_t i = 0; i < uart->receiver.count; i++) {
        bytes[i] = (uint8_t)uart->receiver.bytes[(uart->receiver.first + i) % FIFO_SIZE];
    }
    return uart->receiver.count;
}

struct uart *uart_create(struct machine *machine, uint32_t first_port, uint32_t line,
                         const struct uart_end *end)
{
    struct uart *uart = calloc(1, sizeof *uart);
    if (uart == NULL) {
        return NULL;
    }
    uart->sent.fire = sent_fire;
    uart->timeout.fire = timeout_fire;
    uart->end = *end;
    uart->line = line;
    uart->inputs = MSR_CTS | MSR_DSR | MSR_CARRIER;
    uart->divisor = 1;
    uart->trigger = 1;
    uart->ports = (struct bus_range){
        .first = first_port, .count = 8, .device = uart, .in = uart_in, .out = uart_out};
    bus_attach(machine, &uart->ports);
    return uart;
}

void uart_destroy(struct uart *uart)
{
    free(uart);
}
