/* SPDX-License-Identifier: MIT */
/* Complaints go to the host a line at a time, behind what the console has sent, so that both are in
 * order where they come together again. */

#include "error_port.h"

#include <stdlib.h>

#include "hal-posix/console.h"
#include "output.h"

#define PORT 0xe9

struct error_port {
    struct bus_range range;
    struct output output;
};

static uint32_t port_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)machine;
    (void)device;
    (void)offset;
    (void)width;
    return PORT;
}

static void port_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    (void)offset;
    (void)width;
    struct error_port *port = device;
    output_put(machine, &port->output, (uint8_t)value);
    if (value == '\n') {
        error_port_flush(machine);
    }
}

void error_port_flush(struct machine *machine)
{
    struct error_port *port = machine->error_port;
    if (port != NULL && port->output.count > 0) {
        console_flush(machine);
        output_flush(machine, &port->output);
    }
}

bool error_port_create(struct machine *machine)
{
    if (machine->config.error == NULL) {
        return true;
    }
    struct error_port *port = calloc(1, sizeof *port);
    if (port == NULL) {
        return false;
    }
    port->output =
        (struct output){.file = -1, .write = machine->config.error, .user = machine->config.user};
    port->range = (struct bus_range){
        .first = PORT, .count = 1, .device = port, .in = port_in, .out = port_out};
    machine->error_port = port;
    bus_attach(machine, &port->range);
    return true;
}

void error_port_destroy(struct machine *machine)
{
    free(machine->error_port);
    machine->error_port = NULL;
}
