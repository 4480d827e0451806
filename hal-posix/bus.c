/* SPDX-License-Identifier: MIT */
/* The port bus. An access wider than a device is several accesses to successive ports, as on an ISA
 * bus; where nothing answers, all bits read as one. Each byte costs PORT_NS of virtual time. */

#include "bus.h"

#include <errno.h>

#include "machine.h"

#define PORT_NS 200

void bus_attach(struct machine *machine, const struct bus_range *range)
{
    if (machine->bus_count == BUS_RANGES) {
        errno = ENOSPC;
        host_fatal("too many devices on the port bus");
    }
    machine->bus[machine->bus_count++] = *range;
}

static const struct bus_range *bus_find(const struct machine *machine, uint32_t port)
{
    for (uint32_t i = 0; i < machine->bus_count; i++) {
        if (port - machine->bus[i].first < machine->bus[i].count) {
            return &machine->bus[i];
        }
    }
    return NULL;
}

uint32_t hal_port_in(struct machine *machine, uint32_t port, uint32_t width)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < width; i++) {
        const struct bus_range *range = bus_find(machine, port + i);
        uint32_t byte = range == NULL
                            ? 0xff
                            : range->in(machine, range->device, port + i - range->first) & 0xff;
        value |= byte << (8 * i);
        hal_charge(machine, PORT_NS);
    }
    return value;
}

void hal_port_out(struct machine *machine, uint32_t port, uint32_t width, uint32_t value)
{
    for (uint32_t i = 0; i < width; i++) {
        const struct bus_range *range = bus_find(machine, port + i);
        if (range != NULL) {
            range->out(machine, range->device, port + i - range->first, (value >> (8 * i)) & 0xff);
        }
        hal_charge(machine, PORT_NS);
    }
}
