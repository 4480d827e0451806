/* SPDX-License-Identifier: MIT */
/* Input is read ahead, and given to the serial port as it has room; a script a line at a time, so
 * that a line is read by the system that asks for it, also over a reboot, and does not depend on
 * how the host's pipe cuts the bytes. */

#include "console.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/output.h"
#include "devices/uart.h"
#include "terminal_keys.h"

#define PORT      0x3f8
#define LINE      4
#define SCRIPT_NS UINT64_C(20000000)
#define READ_MOST 64

struct console {
    struct timed script; /* first: when input is read though programs run */
    struct output output;
    uint8_t ahead[POSIX_UNREAD_MOST];
    size_t ahead_count;
    bool has_ended; /* the host's input */
    bool end_given; /* and the system knows */
};

static bool is_script(const struct machine *machine)
{
    return machine->config.input == POSIX_INPUT_SCRIPT;
}

bool console_has_ahead(const struct machine *machine)
{
    const struct console *console = machine->console;
    if (console->ahead_count == 0) {
        return console->has_ended && !console->end_given;
    }
    return !is_script(machine) || console->has_ended ||
           memchr(console->ahead, '\n', console->ahead_count) != NULL ||
           console->ahead_count >= uart_input_room(machine->uart);
}

bool console_can_read(const struct machine *machine)
{
    const struct console *console = machine->console;
    bool is_open = machine->config.input != POSIX_INPUT_NONE && machine->config.input_fd >= 0 &&
                   !console->has_ended;
    return !terminal_types(machine) && uart_wants_input(machine->uart) &&
           (is_open || console->ahead_count > 0 || console_has_ahead(machine));
}

static void give_end(struct machine *machine)
{
    machine->console->end_given = true;
    uart_carrier(machine, machine->uart, false);
}

/* Takes bytes from the host, or learns that there are no more. False: there are none just now. */
static bool read_ahead(struct machine *machine)
{
    struct console *console = machine->console;
    size_t room = sizeof console->ahead - console->ahead_count;
    uint8_t *to = console->ahead + console->ahead_count;
    ssize_t got = read(machine->config.input_fd, to, room < READ_MOST ? room : READ_MOST);
    if (got > 0) {
        console->ahead_count += (size_t)got;
    } else if (got == 0) {
        console->has_ended = true;
    } else if (errno == EAGAIN || errno == EINTR) {
        return false;
    } else {
        host_warn(machine, "standard input: %s", strerror(errno));
        console->has_ended = true;
    }
    return true;
}

/* Gives the port what it has room for, of a script no more than a line. */
static void give(struct machine *machine)
{
    struct console *console = machine->console;
    size_t room = uart_input_room(machine->uart);
    size_t count = console->ahead_count < room ? console->ahead_count : room;
    const uint8_t *line = memchr(console->ahead, '\n', count);
    if (line != NULL && is_script(machine)) {
        count = (size_t)(line - console->ahead) + 1;
    }
    uint8_t bytes[UART_UNREAD];
    memcpy(bytes, console->ahead, count);
    console->ahead_count -= count;
    memmove(console->ahead, console->ahead + count, console->ahead_count);
    uart_input(machine, machine->uart, bytes, count);
}

void console_read(struct machine *machine)
{
    while (!console_has_ahead(machine)) {
        if (!read_ahead(machine) ||
            (!console_has_ahead(machine) &&
             !machine_wait(machine, machine->config.input_fd, TR_FOREVER))) {
            return;
        }
    }
    if (machine->console->ahead_count > 0) {
        give(machine);
    } else {
        give_end(machine);
    }
}

/* ---- While programs run --------------------------------------------------------------------- */

/* A script is also read if the system has wanted input for a while and still has work to do, or a
 * program that spins would keep it from its next command for ever. */
static void script_fire(struct machine *machine, struct timed *timed)
{
    machine_flush(machine);
    if (console_can_read(machine) &&
        (console_has_ahead(machine) ||
         machine_wait(machine, machine->config.input_fd, TR_FOREVER))) {
        console_read(machine);
    }
    if (console_can_read(machine) && timed->place == 0) {
        timeline_set(machine, timed, timeline_now(machine) + SCRIPT_NS);
    }
}

static void ready(struct machine *machine, void *user)
{
    struct console *console = user;
    if (is_script(machine) && console->script.place == 0 && machine->uart != NULL &&
        console_can_read(machine)) {
        timeline_set(machine, &console->script, timeline_now(machine) + SCRIPT_NS);
    }
}

void console_cancel_script(struct machine *machine)
{
    timeline_cancel(machine, &machine->console->script);
}

static void sent(struct machine *machine, void *user, uint8_t byte)
{
    struct console *console = user;
    output_put(machine, &console->output, byte);
}

static void paused(struct machine *machine, void *user)
{
    struct console *console = user;
    output_pause(machine, &console->output);
}

void console_flush(struct machine *machine)
{
    output_flush(machine, &machine->console->output);
}

size_t posix_machine_unread(struct machine *machine, uint8_t bytes[POSIX_UNREAD_MOST])
{
    const struct console *console = machine->console;
    size_t count = uart_unread(machine->uart, bytes);
    size_t ahead = console->ahead_count < POSIX_UNREAD_MOST - count ? console->ahead_count
                                                                    : POSIX_UNREAD_MOST - count;
    memcpy(bytes + count, console->ahead, ahead);
    return count + ahead;
}

bool console_create(struct machine *machine)
{
    struct console *console = calloc(1, sizeof *console);
    if (console == NULL) {
        return false;
    }
    const struct uart_end end = {.user = console, .sent = sent, .paused = paused, .ready = ready};
    machine->console = console;
    machine->uart = uart_create(machine, PORT, LINE, &end);
    console->script.fire = script_fire;
    console->output = (struct output){.file = machine->config.output_fd,
                                      .write = machine->config.output,
                                      .user = machine->config.user};
    if (machine->config.input_first != NULL &&
        machine->config.input_first_size <= sizeof console->ahead) {
        console->ahead_count = machine->config.input_first_size;
        memcpy(console->ahead, machine->config.input_first, console->ahead_count);
    }
    machine->is_live = machine->is_live || machine->config.input == POSIX_INPUT_LIVE;
    return machine->uart != NULL;
}

void console_destroy(struct machine *machine)
{
    uart_destroy(machine->uart);
    free(machine->console);
}
