/* SPDX-License-Identifier: MIT */
/* The mouse's cable as a device. */

#include "aux_port.h"

#include <stddef.h>
#include <terrarium.h>
#include <terrarium/device/serial.h>
#include <terrarium/driver.h>

#include "cable.h"
#include "controller.h"

#define KEPT 256

static struct {
    struct tru_driver_device device;
    struct tru_driver_request *reader; /* who waits for bytes */
    uint8_t kept[KEPT];
    size_t first, count;
    uint64_t sent, received, lost;
    bool is_on;
} port;

static void kept_deliver(void)
{
    struct tru_driver_request *reader = port.reader;
    uint8_t bytes[KEPT];
    size_t size = 0;

    if (reader == NULL || port.count == 0) {
        return;
    }
    while (port.count > 0 && size < reader->head.arguments[0] && size < KEPT) {
        bytes[size++] = port.kept[port.first];
        port.first = (port.first + 1) % KEPT;
        port.count--;
    }
    port.reader = NULL;
    tru_driver_done_with(reader, (int64_t)size, bytes, size);
}

void aux_port_take(uint8_t byte)
{
    port.received++;
    if (port.count == KEPT) {
        port.lost++;
        return;
    }
    port.kept[(port.first + port.count++) % KEPT] = byte;
    kept_deliver();
}

static void cable_switch(bool is_on)
{
    if (port.is_on != is_on) {
        port.is_on = is_on;
        port.count = 0;
        controller_mouse(is_on);
    }
}

static void on_read(struct tru_driver_request *request)
{
    if (request->head.arguments[0] == 0) {
        tru_driver_done(request, TR_E_INVAL);
    } else if (port.reader != NULL) {
        tru_driver_done(request, TR_E_BUSY);
    } else {
        cable_switch(true);
        port.reader = request;
        kept_deliver();
    }
}

static void on_write(struct tru_driver_request *request)
{
    if (request->size > 16) {
        tru_driver_done(request, TR_E_TOOBIG);
        return;
    }
    cable_switch(true);
    for (uint64_t i = 0; i < request->size; i++) {
        controller_to_mouse(request->bytes[i]);
    }
    port.sent += request->size;
    tru_driver_done(request, (int64_t)request->size);
}

static bool on_cancel(struct tru_driver_request *request)
{
    port.reader = NULL;
    (void)request;
    return true;
}

static void on_closed(struct tru_driver_device *device, uint64_t pid)
{
    (void)device;
    (void)pid;
    cable_switch(false);
}

static void on_information(struct tru_driver_device *device, void *to)
{
    struct tr_serial_information *information = to;

    (void)device;
    information->sent = port.sent;
    information->received = port.received;
    information->lost = port.lost;
}

int64_t aux_port_add(void)
{
    static const struct tru_driver_row rows[] = {{TR_SERIAL_READ, 0, on_read},
                                                 {TR_SERIAL_WRITE, 0, on_write}};

    port.device =
        (struct tru_driver_device){.name = PS2_MOUSE_CABLE,
                                   .type = TR_DEVICE_SERIAL,
                                   .is_private = true,
                                   .rows = rows,
                                   .row_count = sizeof rows / sizeof rows[0],
                                   .information = on_information,
                                   .information_size = sizeof(struct tr_serial_information),
                                   .cancel = on_cancel,
                                   .closed = on_closed,
                                   .model = "i8042 auxiliary port",
                                   .driver = "d\\keyboard"};
    return tru_driver_add(&port.device);
}
