/* SPDX-License-Identifier: MIT */
/* Bytes come one by one at the port's rate while the system is ready for them (RTS) and has room.
 * A file's end is the loss of the carrier. */

#include "serial.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/output.h"
#include "devices/uart.h"

#define PORT 0x2f8
#define LINE 3

struct serial {
    struct timed arrival; /* first: the byte on the line is here */
    struct uart *uart;
    struct posix_serial files;
    struct output output;
    uint8_t ahead[256];
    size_t ahead_count;
    bool has_ended;
};

static bool takes_input(const struct serial *serial)
{
    return uart_is_open(serial->uart) && uart_input_room(serial->uart) > 0;
}

static void end_input(struct machine *machine, struct serial *serial)
{
    serial->has_ended = true;
    uart_carrier(machine, serial->uart, false);
}

static void read_ahead(struct machine *machine, struct serial *serial)
{
    ssize_t got = read(serial->files.input, serial->ahead, sizeof serial->ahead);
    if (got > 0) {
        serial->ahead_count = (size_t)got;
    } else if (got == 0) {
        end_input(machine, serial);
    } else if (got < 0 && errno != EAGAIN && errno != EINTR && errno != EIO) {
        host_warn(machine, "the second serial port: input fails: %s", strerror(errno));
        end_input(machine, serial);
    }
}

/* Queues the next byte, if there is one and it may be sent. */
static void ready(struct machine *machine, void *user)
{
    struct serial *serial = user;
    if (serial->arrival.place != 0 || serial->uart == NULL || serial->has_ended ||
        serial->files.input < 0 || !takes_input(serial)) {
        return;
    }
    if (serial->ahead_count == 0 && !serial->files.is_live) {
        read_ahead(machine, serial);
    }
    if (serial->ahead_count > 0) {
        timeline_set(machine, &serial->arrival, timeline_now(machine) + uart_byte_ns(serial->uart));
    }
}

static void arrival_fire(struct machine *machine, struct timed *timed)
{
    struct serial *serial = (struct serial *)timed;
    if (takes_input(serial) && serial->ahead_count > 0) {
        uint8_t byte = serial->ahead[0];
        serial->ahead_count--;
        memmove(serial->ahead, serial->ahead + 1, serial->ahead_count);
        uart_input(machine, serial->uart, &byte, 1);
    }
    ready(machine, serial);
}

int serial_live_file(const struct machine *machine)
{
    const struct serial *serial = machine->serial;
    bool wants = serial != NULL && serial->files.is_live && serial->files.input >= 0 &&
                 !serial->has_ended && serial->ahead_count == 0 && takes_input(serial);
    return wants ? serial->files.input : -1;
}

void serial_read(struct machine *machine)
{
    read_ahead(machine, machine->serial);
    ready(machine, machine->serial);
}

static void sent(struct machine *machine, void *user, uint8_t byte)
{
    struct serial *serial = user;
    output_put(machine, &serial->output, byte);
}

static void paused(struct machine *machine, void *user)
{
    struct serial *serial = user;
    output_pause(machine, &serial->output);
}

void serial_flush(struct machine *machine)
{
    if (machine->serial != NULL) {
        output_flush(machine, &machine->serial->output);
    }
}

void serial_tell_lost(struct machine *machine)
{
    struct serial *serial = machine->serial;
    if (serial != NULL && serial->output.lost > 0) {
        host_warn(machine, "the second serial port: %llu bytes are lost, nobody listened",
                  (unsigned long long)serial->output.lost);
        serial->output.lost = 0;
    }
}

bool serial_create(struct machine *machine)
{
    struct serial *serial = calloc(1, sizeof *serial);
    const struct posix_serial *files = machine->hardware.serial;
    if (serial == NULL) {
        return false;
    }
    const struct uart_end end = {.user = serial, .sent = sent, .paused = paused, .ready = ready};
    machine->serial = serial;
    serial->arrival.fire = arrival_fire;
    serial->files = files != NULL ? *files : (struct posix_serial){.input = -1, .output = -1};
    serial->output.file = serial->files.output;
    serial->output.is_line = true;
    serial->uart = uart_create(machine, PORT, LINE, &end);
    machine->is_live = machine->is_live || serial->files.is_live;
    if (serial->uart != NULL && files == NULL) {
        uart_unplug(serial->uart);
    }
    return serial->uart != NULL;
}

void serial_destroy(struct machine *machine)
{
    if (machine->serial != NULL) {
        uart_destroy(machine->serial->uart);
        free(machine->serial);
    }
}
