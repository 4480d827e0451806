/* SPDX-License-Identifier: MIT */
/* `d\serial`: the second serial line. Bytes to send come from WRITE requests and from a client's
 * pipe; received ones wait for READ requests, or go into a client's pipe. When too many wait, the
 * other end is asked to pause. Ends with 0 if there is no such port. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/device/serial.h>
#include <terrarium/driver.h>

#include "chip.h"
#include "ring.h"
#include "stream.h"

TR_PROGRAM_ABOUT("driver of the second serial line");

#define PAUSE_AT  (RING_SIZE - 256) /* received bytes that wait: the other end is to pause … */
#define GO_ON_AT  (RING_SIZE / 2)   /* … until so few are left */
#define READ_MOST RING_SIZE

_Static_assert(RING_SIZE == TR_SERIAL_KEPT, "as the protocol says");

static struct {
    struct ring out, in;
    struct chip_line line;
    struct tru_driver_device device;
    uint64_t sent, received, lost, errors;
    struct tru_driver_request *readers; /* that wait, the first first, linked by `user` */
    uint8_t burst[CHIP_BURST];          /* taken from the pipe, not yet sent */
    size_t burst_size;
    bool is_paused;
} serial;

/* ---- Sending -------------------------------------------------------------------------------- */

/* The WRITE that is being sent; NULL: none is. */
static struct tru_driver_request *writer(void)
{
    struct tru_driver_request *active = serial.device.queue->active;

    return active != NULL && active->head.operation == TR_SERIAL_WRITE ? active : NULL;
}

/* Bytes of the pipe, when no WRITE has any. */
static void pipe_send(void)
{
    if (serial.burst_size == 0) {
        serial.burst_size = ring_take(&serial.out, serial.burst, sizeof serial.burst);
    }
    size_t sent = chip_send(serial.burst, serial.burst_size);
    serial.sent += sent;
    serial.burst_size -= sent;
    memmove(serial.burst, serial.burst + sent, serial.burst_size);
    if (sent > 0) {
        stream_moved();
    }
}

static void send(void)
{
    struct tru_driver_request *request = writer();

    if (request != NULL) {
        size_t sent =
            chip_send(request->bytes + request->progress, request->size - request->progress);
        request->progress += sent;
        serial.sent += sent;
        if (request->progress == request->size) {
            tru_driver_done(request, (int64_t)request->size);
        }
    } else {
        pipe_send();
    }
    chip_sender_enable(writer() != NULL || serial.burst_size > 0 || ring_count(&serial.out) > 0);
}

static void on_write(struct tru_driver_request *request)
{
    if (request->size == 0) {
        tru_driver_done(request, 0);
    } else {
        /* The sender says at once that it is empty, if it is. */
        chip_sender_enable(true);
    }
}

/* ---- Receiving ------------------------------------------------------------------------------ */

static void receive(void)
{
    uint8_t byte;

    while (chip_receive(&byte)) {
        serial.received++;
        if (ring_put(&serial.in, &byte, 1) == 0) {
            serial.lost++;
        }
    }
}

static void pause_update(void)
{
    size_t count = ring_count(&serial.in);
    bool is_paused = count >= PAUSE_AT || (serial.is_paused && count > GO_ON_AT);

    if (is_paused != serial.is_paused) {
        serial.is_paused = is_paused;
        chip_ready(!is_paused);
    }
}

static void reader_answer(struct tru_driver_request *request)
{
    uint64_t most = request->head.arguments[0];
    size_t count = ring_count(&serial.in);
    void *to;

    count = count < most ? count : (size_t)most;
    int64_t result = tru_driver_output(request, count, &to);
    if (result == 0) {
        result = (int64_t)ring_take(&serial.in, to, count);
    }
    tru_driver_done(request, result);
}

/* True: nobody is at the other end any more, and nothing of what it sent is left. */
static bool has_hung_up(void)
{
    if (chip_carrier()) {
        return false;
    }
    receive();
    return ring_count(&serial.in) == 0;
}

/* Readers get what there is; once the other end has hung up, nothing. */
static void readers_serve(void)
{
    while (serial.readers != NULL && (has_hung_up() || ring_count(&serial.in) > 0)) {
        struct tru_driver_request *request = serial.readers;
        serial.readers = request->user;
        reader_answer(request);
    }
}

static void received_serve(void)
{
    if (stream_is_on()) {
        stream_moved();
        if (has_hung_up()) {
            stream_hang_up();
        }
    } else {
        readers_serve();
    }
    pause_update();
}

static void on_read(struct tru_driver_request *request)
{
    struct tru_driver_request **last = &serial.readers;

    if (request->head.arguments[0] == 0) {
        tru_driver_done(request, TR_E_INVAL);
        return;
    }
    while (*last != NULL) {
        last = (struct tru_driver_request **)&(*last)->user;
    }
    *last = request;
    received_serve();
}

/* ---- The rest ------------------------------------------------------------------------------- */

static void on_line(struct tru_driver_request *request)
{
    const uint64_t *arguments = request->head.arguments;
    struct chip_line line = {arguments[0], arguments[1], arguments[2], arguments[3]};

    if (chip_line_set(&line)) {
        serial.line = line;
        tru_driver_done(request, (int64_t)line.baud);
    } else {
        tru_driver_done(request, TR_E_INVAL);
    }
}

static void on_stream(struct tru_driver_request *request)
{
    struct tr_serial_stream pipes = {0};
    int64_t result = stream_start(&pipes, request->sender, &serial.out, &serial.in);

    if (result < 0) {
        tru_driver_done(request, result);
        return;
    }
    tru_driver_done_with(request, 0, &pipes, sizeof pipes);
    received_serve();
}

static void on_initialise(struct tru_driver_request *request)
{
    chip_initialise(&serial.line);
    tru_driver_done(request, 0);
}

static bool on_cancel(struct tru_driver_request *request)
{
    struct tru_driver_request **link = &serial.readers;

    while (*link != NULL && *link != request) {
        link = (struct tru_driver_request **)&(*link)->user;
    }
    if (*link == request) {
        *link = request->user;
    }
    return true;
}

static void on_closed(struct tru_driver_device *device, uint64_t pid)
{
    (void)device;
    stream_end(pid);
}

static void on_information(struct tru_driver_device *device, void *to)
{
    struct tr_serial_information *information = to;

    (void)device;
    information->baud = serial.line.baud;
    information->bits = serial.line.bits;
    information->parity = serial.line.parity;
    information->stop_bits = serial.line.stop_bits;
    information->sent = serial.sent;
    information->received = serial.received;
    information->lost = serial.lost;
    information->errors = serial.errors;
}

static void on_irq(void *user, const struct tr_event *event)
{
    enum chip_cause cause;

    (void)user;
    (void)event;
    while ((cause = chip_cause()) != CHIP_NONE) {
        switch (cause) {
        case CHIP_SENDER:
            send();
            break;
        case CHIP_RECEIVER:
            receive();
            break;
        case CHIP_ERROR:
            serial.errors += chip_error();
            break;
        default:
            chip_carrier(); /* reading it ends the cause */
            break;
        }
    }
    received_serve();
}

/* The stream's threads have moved something, or ended. */
static void on_stream_timer(void *user)
{
    (void)user;
    if (ring_count(&serial.out) > 0) {
        chip_sender_enable(true);
    }
    received_serve();
}

static int64_t begin(void)
{
    static const struct tru_driver_row rows[] = {
        {TR_SERIAL_LINE, TRU_DRIVER_QUEUED, on_line},
        {TR_SERIAL_WRITE, TRU_DRIVER_QUEUED, on_write},
        {TR_SERIAL_READ, 0, on_read},
        {TR_SERIAL_STREAM, 0, on_stream},
        {TR_DEVICE_OPERATION_INITIALISE, TRU_DRIVER_QUEUED, on_initialise}};

    serial.device =
        (struct tru_driver_device){.name = TR_SERIAL_DEVICE,
                                   .type = TR_DEVICE_SERIAL,
                                   .rows = rows,
                                   .row_count = sizeof rows / sizeof rows[0],
                                   .information = on_information,
                                   .information_size = sizeof(struct tr_serial_information),
                                   .cancel = on_cancel,
                                   .closed = on_closed,
                                   .model = "16550A",
                                   .driver = "d\\serial"};
    int64_t result = tru_driver_on_irq(CHIP_IRQ, on_irq, NULL);
    if (result == 0) {
        result = tru_driver_on_timer(STREAM_TIMER, on_stream_timer, NULL);
    }
    return result == 0 ? tru_driver_add(&serial.device) : result;
}

int main(int argc, char **argv)
{
    int64_t result;

    tru_driver_start(argc, argv);
    if (!chip_open(&result)) {
        if (result < 0) {
            tru_driver_say("serial: its ports are another's");
        }
        return result < 0 ? 1 : 0;
    }
    chip_initialise(&serial.line);
    result = begin();
    if (result < 0) {
        tru_driver_say("serial: cannot begin: %s", tr_error_text(result));
        return 1;
    }
    return (int)tru_driver_run();
}
