/* SPDX-License-Identifier: MIT */
/* `d\console`: the serial line as a console for everybody. One thread, one loop of events: the
 * line's interrupts and the requests of service/console.h. Nothing here waits for a client, and a
 * client waits only for its own bytes.
 *
 * Argument: `tty` if a person sits at the other end (echo, editing, escape sequences), `pipe`, also
 * the default, if a file or a program does. */

#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device/uart.h>
#include <terrarium/service/console.h>

#include "input.h"
#include "output.h"
#include "reader.h"
#include "uart.h"
#include "writer.h"

TR_PROGRAM_ABOUT("driver of the serial line that is the console");

#define REQUEST_SMALL 512               /* larger ones can only be writes */
#define IDLE_LOOK_NS  UINT64_C(1000000) /* between two looks whether the last bit is sent */

static struct console {
    struct uart uart;
    struct output output;
    struct writers writers;
    struct readers readers;
    struct history history;
    struct input input;
    bool is_saving; /* the system stops: everything must go out first */
} console;

/* A request that has been read. */
struct request {
    const struct tr_event *event;
    struct tr_service_request head;
    const unsigned char *bytes; /* behind the head */
    size_t size;
};

static void answer(uint64_t message, int64_t result)
{
    struct tr_service_reply reply = {result};

    tr_message_reply(message, &reply, sizeof reply);
}

/* Some wait until the transmitter has sent the last byte: who flushes or complains, the system with
 * its end.
 * The device has no interrupt for that. */
static void idle_advance(void)
{
    bool is_awaited = writers_await_idle(&console.writers);

    if (console.output.count > 0 || (!is_awaited && console.writers.count > 0)) {
        return;
    }
    if (!uart_is_idle()) {
        tr_timer_set((uint64_t)tr_clock() + IDLE_LOOK_NS, 0);
    } else if (is_awaited) {
        writers_idle(&console.writers);
        /* Those behind it go on with the next event. */
        tr_timer_set(0, 0);
    } else {
        console.is_saving = false;
        tr_system_saved();
    }
}

/* Takes a byte from the line, or learns that there will be none. True if anything has changed. */
static bool receive(void)
{
    uint8_t byte;

    if (!input_wants(&console.input)) {
        return false;
    }
    if (uart_receive(&byte)) {
        input_take(&console.input, byte);
        return true;
    }
    if (!console.uart.has_carrier) {
        input_end(&console.input);
        return true;
    }
    return false;
}

/* Moves everything as far as it goes: writers to the buffer, the buffer to the line, received bytes
 * to readers. */
static void advance(void)
{
    bool has_moved, is_drained;

    do {
        if (console.writers.count > 0) {
            input_hide(&console.input);
        }
        has_moved = writers_advance(&console.writers, &console.output);
        if (console.writers.count == 0) {
            input_show(&console.input);
        }
        if (!console.input.is_hidden) {
            has_moved |= input_advance(&console.input);
        }
        has_moved |= receive();
        is_drained = output_drain(&console.output, &console.uart);
    } while (has_moved);
    uart_enable(&console.uart, input_wants(&console.input), !is_drained);
    if (console.is_saving || writers_await_idle(&console.writers)) {
        idle_advance();
    }
}

static int64_t write_add(const struct request *request)
{
    const struct tr_event *event = request->event;
    struct writer writer = {.id = event->object,
                            .size = event->size,
                            .is_call = true,
                            .is_flush = request->head.operation == TR_CONSOLE_FLUSH,
                            .is_complaint = request->head.operation == TR_CONSOLE_WRITE &&
                                            (request->head.flags & TR_CONSOLE_ERROR) != 0,
                            .body = malloc(event->size)};

    if (writer.body == NULL) {
        return TR_E_NOMEM;
    }
    memcpy(writer.body, &request->head, sizeof request->head);
    memcpy(writer.body + sizeof request->head, request->bytes, request->size);
    if (!writers_add(&console.writers, &writer)) {
        free(writer.body);
        return TR_E_NOMEM;
    }
    return 0;
}

static int64_t read_add(const struct request *request)
{
    uint64_t most = request->head.argument;
    struct reader reader = {.id = request->event->object,
                            .pid = request->event->source_pid,
                            .most = most < TR_CONSOLE_LINE_MAX ? most : TR_CONSOLE_LINE_MAX,
                            .is_line = request->head.operation == TR_CONSOLE_READ_LINE};

    if (most < 2 && reader.is_line) {
        return TR_E_INVAL;
    }
    reader.prompt_size = request->size < OUTPUT_TAIL ? request->size : OUTPUT_TAIL;
    memcpy(reader.prompt, request->bytes, reader.prompt_size);
    if (!console.input.is_terminal) {
        reader.prompt_size = 0;
    }
    return most == 0 ? TR_E_INVAL : readers_add(&console.readers, &reader) ? 0 : TR_E_LIMIT;
}

static int64_t session_take(const struct request *request)
{
    int64_t depth = readers_session(&console.readers, request->event->source_pid);

    input_reconsider(&console.input);
    return depth;
}

static int64_t foreground_set(const struct request *request)
{
    bool is_lending = (request->head.flags & TR_CONSOLE_LEND) != 0;

    if (!readers_foreground(&console.readers, request->event->source_pid, request->head.argument,
                            is_lending)) {
        return TR_E_PERM;
    }
    input_reconsider(&console.input);
    return 0;
}

static int64_t key_await(const struct request *request)
{
    uint64_t pid = request->event->source_pid;

    if (pid != readers_holder(&console.readers)) {
        return TR_E_PERM;
    }
    console.input.key_waiter = request->head.argument != 0 ? pid : 0;
    return 0;
}

/* Does what a request asks for; writers and readers are answered later. */
static void serve(const struct request *request)
{
    int64_t result = TR_E_INVAL;
    bool is_later = false;

    switch (request->head.operation) {
    case TR_CONSOLE_WRITE:
    case TR_CONSOLE_FLUSH:
        result = write_add(request);
        is_later = result == 0;
        break;
    case TR_CONSOLE_READ_LINE:
    case TR_CONSOLE_READ_BYTES:
        result = read_add(request);
        is_later = result == 0;
        break;
    case TR_CONSOLE_SESSION:
        result = session_take(request);
        break;
    case TR_CONSOLE_FOREGROUND:
        result = foreground_set(request);
        break;
    case TR_CONSOLE_KEY:
        result = key_await(request);
        break;
    case TR_CONSOLE_INFO:
        result = console.input.is_terminal ? TR_CONSOLE_TERMINAL : 0;
        break;
    case TR_CONSOLE_WIDTH:
        result = console.input.is_terminal ? (int64_t)console.input.extent.columns : 0;
        break;
    case TR_CONSOLE_HEIGHT:
        result = (int64_t)console.input.extent.rows;
        break;
    default:
        break;
    }
    if (!is_later) {
        answer(request->event->object, result);
    }
}

static void on_message(const struct tr_event *event)
{
    unsigned char body[REQUEST_SMALL];
    struct request request = {.event = event, .bytes = body + sizeof request.head};
    bool is_call = (event->flags & TR_EVENT_CALL) != 0;

    if (!is_call || event->size > REQUEST_SMALL) {
        struct writer writer = {.id = event->object, .size = event->size, .is_call = is_call};
        if (!writers_add(&console.writers, &writer)) {
            tr_message_discard(event->object);
        }
        return;
    }
    if (tr_message_read(event->object, body, sizeof body) < (int64_t)sizeof request.head) {
        answer(event->object, TR_E_INVAL);
        return;
    }
    memcpy(&request.head, body, sizeof request.head);
    request.size = event->size - sizeof request.head;
    serve(&request);
}

static void on_event(const struct tr_event *event)
{
    switch (event->kind) {
    case TR_EVENT_MESSAGE:
        on_message(event);
        break;
    case TR_EVENT_IRQ:
        while (uart_has_cause(&console.uart)) {
            advance();
        }
        tr_irq_acknowledge(UART_IRQ);
        break;
    case TR_EVENT_SAVE_STATE:
        console.is_saving = true;
        break;
    default:
        break;
    }
}

int main(int argc, char **argv)
{
    struct tr_event event;
    int64_t result = uart_open(&console.uart, 0);

    if (result < 0) {
        static const char text[] = "console: the serial port is not to be had";
        tr_log(text, sizeof text - 1);
        return (int)result;
    }
    console.output.is_terminal = argc > 1 && strcmp(argv[1], "tty") == 0;
    console.input.is_terminal = console.output.is_terminal;
    console.writers.has_error_port = console.uart.has_error_port;
    console.input.readers = &console.readers;
    console.input.output = &console.output;
    console.input.extent.columns = EXTENT_COLUMNS;
    console.input.editor.output = &console.output;
    console.input.editor.history = &console.history;
    for (;;) {
        advance();
        result = tr_event_wait(&event, TR_FOREVER);
        if (result < 0) {
            return (int)result;
        }
        on_event(&event);
    }
}
