/* SPDX-License-Identifier: MIT */
/* The port bus. An access wider than a device becomes several to successive ports, as on an ISA
 * bus; where nothing answers, all bits read as one. Each cycle costs PORT_NS of virtual time. */

#include "bus.h"

#include <stdlib.h>

#include "machine.h"

#define PORT_NS 200

static struct bus_range **page_of(struct bus *bus, uint32_t port)
{
    struct bus_range ***page = &bus->pages[port / 256];
    if (*page == NULL) {
        *page = calloc(256, sizeof **page);
        if (*page == NULL) {
            host_fatal("no memory for the port bus");
        }
    }
    return *page;
}

static uint32_t end_of(const struct bus_range *range)
{
    uint64_t end = (uint64_t)range->first + range->count;
    return end > BUS_PORTS ? BUS_PORTS : (uint32_t)end;
}

/* Writes the range's ports into the table where no older range answers. */
static void claim_ports(struct bus *bus, struct bus_range *range)
{
    for (uint32_t port = range->first; port < end_of(range); port++) {
        struct bus_range **entry = &page_of(bus, port)[port % 256];
        *entry = *entry == NULL ? range : *entry;
    }
}

void bus_attach(struct machine *machine, struct bus_range *range)
{
    struct bus_range **link = &machine->bus.ranges;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = range;
    range->next = NULL;
    claim_ports(&machine->bus, range);
}

void bus_detach(struct machine *machine, struct bus_range *range)
{
    struct bus *bus = &machine->bus;
    struct bus_range **link = &bus->ranges;
    while (*link != NULL && *link != range) {
        link = &(*link)->next;
    }
    if (*link == NULL) {
        return;
    }
    *link = range->next;
    for (uint32_t port = range->first; port < end_of(range); port++) {
        struct bus_range **entry = &page_of(bus, port)[port % 256];
        *entry = *entry == range ? NULL : *entry;
    }
    for (struct bus_range *other = bus->ranges; other != NULL; other = other->next) {
        claim_ports(bus, other);
    }
}

void bus_destroy(struct machine *machine)
{
    for (uint32_t i = 0; i < BUS_PORTS / 256; i++) {
        free(machine->bus.pages[i]);
    }
}

static const struct bus_range *bus_find(const struct machine *machine, uint32_t port)
{
    struct bus_range *const *page = port < BUS_PORTS ? machine->bus.pages[port / 256] : NULL;
    return page == NULL ? NULL : page[port % 256];
}

static bool takes(const struct bus_range *range, uint32_t width)
{
    return width == 1 || (range->widths & width) != 0;
}

uint32_t hal_port_in(struct machine *machine, uint32_t port, uint32_t width)
{
    const struct bus_range *range = bus_find(machine, port);
    uint32_t half = width / 2, all = UINT32_MAX >> (32 - 8 * width);
    if (width > 1 && (range == NULL || !takes(range, width))) {
        uint32_t low = hal_port_in(machine, port, half);
        return low | hal_port_in(machine, port + half, half) << (8 * half);
    }
    hal_charge(machine, PORT_NS);
    if (range == NULL) {
        return all;
    }
    return range->in(machine, range->device, port - range->first, width) & all;
}

void hal_port_out(struct machine *machine, uint32_t port, uint32_t width, uint32_t value)
{
    const struct bus_range *range = bus_find(machine, port);
    uint32_t half = width / 2, all = UINT32_MAX >> (32 - 8 * width);
    if (width > 1 && (range == NULL || !takes(range, width))) {
        hal_port_out(machine, port, half, value & (all >> (8 * half)));
        hal_port_out(machine, port + half, half, value >> (8 * half));
        return;
    }
    hal_charge(machine, PORT_NS);
    if (range != NULL) {
        range->out(machine, range->device, port - range->first, width, value & all);
    }
}
