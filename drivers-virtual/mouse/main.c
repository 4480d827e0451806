/* SPDX-License-Identifier: MIT */
/* `d\mouse`: a PS/2 mouse, with a wheel if it has one. Its cable ends in the keyboard controller,
 * whose driver lends it as the device `i8042\mouse`: bytes come as answers to READ requests, one of
 * which is always on its way. This driver touches no port and no line.
 *
 * Ends with 0 if there is no cable or no mouse; with 1 when the controller's driver has gone, to be
 * started again and find the new one. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>
#include <terrarium/driver.h>

#include "cable.h"
#include "command.h"
#include "packet.h"

TR_PROGRAM_ABOUT("driver of the mouse");

#define CABLE_NS     UINT64_C(20000000) /* how long it may take until the cable is there */
#define ANSWER       UINT64_C(2)        /* tags of answers: to READ, to WRITE */
#define WRITTEN      UINT64_C(3)
#define BYTES_MOST   64
#define SET_RATE     0xf3
#define WRAP_OFF     0xec /* it may be sending back what it is sent */
#define IDENTIFY     0xf2
#define ENABLE       0xf4
#define SET_DEFAULTS 0xf6
#define WITH_WHEEL   3 /* its identity after the three rates below */
#define END_NO_MOUSE 0
#define END_NO_CABLE 1

static struct {
    struct tru_device cable;
    struct ps2_command command;
    struct packet packet;
    struct tru_input_source source;
    struct tru_driver_device device;
    bool is_running; /* it tells movements */
} mouse;

static void read_ask(void)
{
    struct tru_device_request request = {.operation = TR_SERIAL_READ, .arguments = {BYTES_MOST}};

    if (tru_device_send(&mouse.cable, &request, ANSWER) < 0) {
        tru_loop_end(tru_driver_loop(), END_NO_CABLE);
    }
}

static void byte_send(uint8_t byte)
{
    struct tru_device_request request = {
        .operation = TR_SERIAL_WRITE, .bytes = &byte, .size = sizeof byte};

    if (tru_device_send(&mouse.cable, &request, WRITTEN) < 0) {
        tru_loop_end(tru_driver_loop(), END_NO_CABLE);
    }
}

/* ---- Setting up: defaults, is there a wheel, go --------------------------------------------- */

static void on_enabled(int64_t result)
{
    struct tru_driver_request *request = mouse.device.queue->active;

    mouse.is_running = result == 0;
    if (request != NULL) {
        tru_driver_done(request, result);
    }
}

static void on_identified(int64_t result)
{
    static const uint8_t bytes[] = {SET_RATE, 100, ENABLE};

    if (result < 0) {
        if (mouse.device.queue->active != NULL) {
            tru_driver_done(mouse.device.queue->active, result);
        } else {
            tru_loop_end(tru_driver_loop(), END_NO_MOUSE);
        }
        return;
    }
    mouse.packet.size = mouse.command.answers[0] == WITH_WHEEL ? 4 : 3;
    mouse.packet.count = 0;
    mouse.packet.buttons = 0;
    ps2_start(&mouse.command, bytes, sizeof bytes, 0, on_enabled);
}

static void set_up(void)
{
    static const uint8_t bytes[] = {WRAP_OFF, SET_DEFAULTS, SET_RATE, 200,     SET_RATE,
                                    100,      SET_RATE,     80,       IDENTIFY};

    mouse.is_running = false;
    ps2_start(&mouse.command, bytes, sizeof bytes, 1, on_identified);
    mouse.command.patience = PS2_PATIENCE;
}

/* ---- Requests ------------------------------------------------------------------------------- */

static void on_initialise(struct tru_driver_request *request)
{
    /* The set-up that is on its way ends this request too. */
    (void)request;
    if (!mouse.command.is_active) {
        set_up();
    }
}

static void on_state(struct tru_driver_request *request)
{
    tru_driver_done(request, mouse.packet.buttons);
}

static void on_information(struct tru_driver_device *device, void *to)
{
    struct tr_input_information *information = to;

    (void)device;
    information->kinds = 1U << TR_INPUT_MOVE | 1U << TR_INPUT_BUTTON;
    information->subscribers = (uint32_t)mouse.source.count;
    information->events = mouse.source.events;
    information->lost = mouse.source.lost;
    strlcpy(information->layout, mouse.packet.size == 4 ? "wheel" : "", TR_NAME_MAX);
}

/* ---- Bytes ---------------------------------------------------------------------------------- */

static void byte_take(uint8_t byte, uint64_t time)
{
    struct tr_input_event events[PACKET_EVENTS];

    if (ps2_take(&mouse.command, byte) || !mouse.is_running) {
        return;
    }
    size_t count = packet_take(&mouse.packet, byte, events);
    for (size_t i = 0; i < count; i++) {
        events[i].time = time;
    }
    if (count > 0) {
        tru_input_publish(&mouse.source, events, count);
    }
}

static void on_answer(struct tru_loop *loop, const struct tr_event *event, void *user)
{
    uint8_t bytes[BYTES_MOST];
    uint64_t size;

    (void)loop;
    (void)user;
    if (!tru_device_is_answer(&mouse.cable, event, event->cookie)) {
        tru_driver_take(event);
        return;
    }
    int64_t result = tru_device_take(event, bytes, sizeof bytes, &size);
    if (result < 0) {
        tru_loop_end(tru_driver_loop(), END_NO_CABLE);
        return;
    }
    if (event->cookie == ANSWER) {
        read_ask();
        for (uint64_t i = 0; i < size; i++) {
            byte_take(bytes[i], event->time);
        }
    }
}

/* The controller's driver has gone. */
static void on_removed(struct tru_loop *loop, const struct tr_event *event, void *user)
{
    (void)event;
    (void)user;
    tru_loop_end(loop, END_NO_CABLE);
}

static void on_timeout(void *user)
{
    (void)user;
    ps2_timeout(&mouse.command);
}

static int64_t begin(void)
{
    static const struct tru_driver_row rows[] = {
        {TR_INPUT_SUBSCRIBE, 0, tru_input_on_subscribe},
        {TR_INPUT_UNSUBSCRIBE, 0, tru_input_on_unsubscribe},
        {TR_INPUT_STATE, 0, on_state},
        {TR_DEVICE_OPERATION_INITIALISE, TRU_DRIVER_QUEUED, on_initialise}};

    mouse.device =
        (struct tru_driver_device){.name = TR_INPUT_MOUSE_DEVICE,
                                   .type = TR_DEVICE_INPUT,
                                   .rows = rows,
                                   .row_count = sizeof rows / sizeof rows[0],
                                   .information = on_information,
                                   .information_size = sizeof(struct tr_input_information),
                                   .closed = tru_input_closed,
                                   .model = "PS/2 mouse",
                                   .driver = "d\\mouse",
                                   .user = &mouse.source};
    tru_loop_on(tru_driver_loop(), TR_EVENT_MESSAGE, ANSWER, on_answer, NULL);
    tru_loop_on(tru_driver_loop(), TR_EVENT_MESSAGE, WRITTEN, on_answer, NULL);
    tru_loop_on(tru_driver_loop(), TR_EVENT_DEVICE_REMOVED, TRU_ANY_COOKIE, on_removed, NULL);
    tru_driver_on_timer(PS2_TIMER, on_timeout, NULL);
    return tru_driver_add(&mouse.device);
}

int main(int argc, char **argv)
{
    tru_driver_start(argc, argv);
    int64_t result = tru_device_find(PS2_MOUSE_CABLE, CABLE_NS, &mouse.cable);
    if (result < 0) {
        return END_NO_MOUSE;
    }
    result = tru_device_open(PS2_MOUSE_CABLE, TR_EXCLUSIVE, &mouse.cable);
    if (result == 0) {
        result = begin();
    }
    if (result < 0) {
        tru_driver_say("mouse: cannot begin: %s", tr_error_text(result));
        return END_NO_CABLE;
    }
    mouse.command.send = byte_send;
    read_ask();
    set_up();
    return (int)tru_driver_run();
}
