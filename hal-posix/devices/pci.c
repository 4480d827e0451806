/* SPDX-License-Identifier: MIT */
/* The PCI bus: configuration space, base addresses, interrupt routing.
 *
 * SIM: base addresses of memory are plain memory; registers in memory are not possible here. A
 * write to an expansion ROM's memory is not refused. */

#include "pci.h"

#include <stdlib.h>
#include <string.h>

#include "hal-posix/machine.h"
#include "pic.h"

#define ADDRESS_PORT 0xcf8
#define DATA_PORT    0xcfc
#define ENABLE       UINT32_C(0x80000000)
#define FIRST_PORT   UINT32_C(0xc000)
#define FIRST_MEMORY UINT32_C(0xe0000000)
#define END_MEMORY   UINT32_C(0xfec00000) /* above: interrupt controllers and firmware of a PC */

enum {
    COMMAND = 0x04,
    REVISION = 0x08,
    HEADER = 0x0e,
    BASE = 0x10,
    ROM = 0x30,
    LINE = 0x3c,
    PIN = 0x3d,
    ROUTES = 0x60 /* the ISA bridge's: lines of the four wires, bit 7: to none */
};

struct pci {
    uint32_t address; /* what port 0xcf8 holds */
    uint32_t next_port, next_memory;
    uint32_t lines; /* a bit per line that a pin holds high */
    struct bus_range address_port, data_ports;
    struct pci_function *functions;
    struct pci_function host_bridge, isa_bridge;
};

static uint32_t get(const struct pci_function *function, uint32_t offset, uint32_t width)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < width; i++) {
        value |= (uint32_t)function->config[(offset + i) & 0xff] << (8 * i);
    }
    return value;
}

static void put(struct pci_function *function, uint32_t offset, uint32_t width, uint32_t value)
{
    for (uint32_t i = 0; i < width; i++) {
        function->config[offset + i] = (uint8_t)(value >> (8 * i));
    }
}

static void make_writable(struct pci_function *function, uint32_t offset, uint32_t width,
                          uint32_t bits)
{
    for (uint32_t i = 0; i < width; i++) {
        function->writable[offset + i] = (uint8_t)(bits >> (8 * i));
    }
}

/* ---- Base addresses ------------------------------------------------------------------------- */

static uint32_t bar_offset(uint32_t index)
{
    return index == PCI_ROM ? ROM : BASE + 4 * index;
}

static uint32_t bar_size(const struct pci_bar *bar)
{
    if (bar->ports != NULL) {
        return bar->ports->count;
    }
    return bar->memory == NULL ? 0 : (uint32_t)(bar->memory->pages * PAGE);
}

bool pci_is_allowed(const struct pci_function *function, enum pci_command command)
{
    return (function->config[COMMAND] & command) != 0;
}

static void place_ports(struct machine *machine, struct bus_range *range, uint32_t first)
{
    if (range->first == first) {
        return;
    }
    if (range->first != 0) {
        bus_detach(machine, range);
    }
    range->first = first;
    if (first != 0) {
        bus_attach(machine, range);
    }
}

/* Puts a base address where its register and the command register say. */
static void bar_place(struct machine *machine, struct pci_function *function, uint32_t index)
{
    const struct pci_bar *bar = &function->bars[index];
    uint32_t value = get(function, bar_offset(index), 4);
    if (bar->ports != NULL) {
        bool is_on = pci_is_allowed(function, PCI_COMMAND_PORTS);
        uint32_t first = value & ~3U;
        place_ports(machine, bar->ports, is_on && first < BUS_PORTS ? first : 0);
    } else if (bar->memory != NULL) {
        bool is_on =
            pci_is_allowed(function, PCI_COMMAND_MEMORY) && (index != PCI_ROM || (value & 1) != 0);
        region_place(machine, bar->memory, is_on ? (value & ~0xfffU) / PAGE : 0);
    }
}

static void bars_place(struct machine *machine, struct pci_function *function)
{
    for (uint32_t i = 0; i <= PCI_ROM; i++) {
        bar_place(machine, function, i);
    }
}

/* As firmware does: the next free place that is a multiple of the size. */
static uint32_t give_place(uint32_t *next, uint32_t size, uint32_t end)
{
    uint32_t place = (*next + size - 1) & ~(size - 1);
    if (place < *next || place > end - size) {
        return 0;
    }
    *next = place + size;
    return place;
}

static void bar_assign(struct machine *machine, struct pci_function *function, uint32_t index)
{
    struct pci *pci = machine->pci;
    const struct pci_bar *bar = &function->bars[index];
    uint32_t size = bar_size(bar), value = 0, kind = 0;
    if (size == 0) {
        return;
    }
    if (bar->ports != NULL) {
        kind = 1;
        value = give_place(&pci->next_port, size, BUS_PORTS);
    } else {
        kind = bar->is_prefetchable ? 8 : 0;
        value = give_place(&pci->next_memory, size, END_MEMORY);
        if (value == 0) {
            host_warn(machine, "%u KiB of device memory have no place below 4 GiB beside the RAM",
                      size / 1024);
        }
    }
    uint32_t rom_on = index == PCI_ROM ? 1 : 0;
    put(function, bar_offset(index), 4, value | kind);
    make_writable(function, bar_offset(index), 4, ~(size - 1) | rom_on);
}

/* ---- Interrupt pins ------------------------------------------------------------------------- */

/* The line of a pin: slots take the four wires in turn. */
static uint32_t route(const struct pci *pci, const struct pci_function *function)
{
    uint32_t wire = (function->slot + function->identity.pin - 1U + 3) % 4;
    uint8_t line = pci->isa_bridge.config[ROUTES + wire];
    return (line & 0x80) != 0 ? HAL_IRQ_LINES : line & 15;
}

static void lines_update(struct machine *machine)
{
    struct pci *pci = machine->pci;
    uint32_t lines = 0;
    for (const struct pci_function *f = pci->functions; f != NULL; f = f->next) {
        uint32_t line = f->asks ? route(pci, f) : HAL_IRQ_LINES;
        lines |= line < HAL_IRQ_LINES ? 1U << line : 0;
    }
    for (uint32_t line = 0; line < HAL_IRQ_LINES; line++) {
        if (((lines ^ pci->lines) >> line & 1) != 0) {
            line_set(machine, line, (lines >> line & 1) != 0);
        }
    }
    pci->lines = lines;
}

void pci_interrupt(struct machine *machine, struct pci_function *function, bool asks)
{
    if (function->asks != asks && function->identity.pin != 0 && machine->pci != NULL) {
        function->asks = asks;
        lines_update(machine);
    }
}

/* ---- Configuration space -------------------------------------------------------------------- */

static struct pci_function *find(const struct pci *pci, uint32_t address)
{
    struct pci_function *function = pci->functions;
    uint32_t bus = address >> 16 & 0xff, place = address >> 8 & 0xff;
    while (function != NULL && (bus != 0 || place != function->slot * 8U + function->function)) {
        function = function->next;
    }
    return function;
}

static uint32_t data_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)machine;
    const struct pci *pci = device;
    const struct pci_function *function =
        (pci->address & ENABLE) != 0 ? find(pci, pci->address) : NULL;
    return function == NULL ? UINT32_MAX : get(function, (pci->address & 0xfc) + offset, width);
}

static void data_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    struct pci *pci = device;
    struct pci_function *function = (pci->address & ENABLE) != 0 ? find(pci, pci->address) : NULL;
    uint32_t at = (pci->address & 0xfc) + offset;
    if (function == NULL) {
        return;
    }
    for (uint32_t i = 0; i < width; i++) {
        uint8_t bits = function->writable[(at + i) & 0xff];
        uint8_t *byte = &function->config[(at + i) & 0xff];
        *byte = (uint8_t)((*byte & ~bits) | ((value >> (8 * i)) & bits));
    }
    bars_place(machine, function);
    lines_update(machine);
    if (function->written != NULL) {
        function->written(machine, function, at, width);
    }
}

static uint32_t address_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)machine;
    const struct pci *pci = device;
    return offset == 0 && width == 4 ? pci->address : UINT32_MAX;
}

/* Only an access of four bytes is one to this register. */
static void address_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                        uint32_t value)
{
    (void)machine;
    struct pci *pci = device;
    if (offset == 0 && width == 4) {
        pci->address = value & (ENABLE | 0xfffffc);
    }
}

static void describe(struct pci_function *function)
{
    const struct pci_identity *id = &function->identity;
    uint32_t class_code = (uint32_t)id->class_code << 24 | (uint32_t)id->subclass << 16 |
                          (uint32_t)id->interface << 8 | id->revision;
    put(function, 0, 4, id->vendor | (uint32_t)id->device << 16);
    put(function, REVISION, 4, class_code);
    function->config[HEADER] = id->header;
    function->config[PIN] = id->pin;
    make_writable(function, LINE, 1, id->pin != 0 ? 0xff : 0);
}

void pci_add(struct machine *machine, struct pci_function *function)
{
    struct pci *pci = machine->pci;
    bool has_ports = false, has_memory = false;
    if (pci == NULL) {
        return;
    }
    describe(function);
    for (uint32_t i = 0; i <= PCI_ROM; i++) {
        has_ports = has_ports || function->bars[i].ports != NULL;
        has_memory = has_memory || function->bars[i].memory != NULL;
        bar_assign(machine, function, i);
    }
    uint32_t decodes =
        (has_ports ? PCI_COMMAND_PORTS : 0U) | (has_memory ? PCI_COMMAND_MEMORY : 0U);
    make_writable(function, COMMAND, 2, decodes == 0 ? 0 : decodes | PCI_COMMAND_MASTER | 0x400);
    put(function, COMMAND, 2, decodes);
    function->config[LINE] = function->identity.pin != 0 ? (uint8_t)route(pci, function) : 0;
    function->next = pci->functions;
    pci->functions = function;
    bars_place(machine, function);
}

static void bridges_add(struct machine *machine, struct pci *pci)
{
    static const uint8_t routes[] = {10, 10, 11, 11};
    pci->host_bridge = (struct pci_function){
        .identity = {.vendor = 0x8086, .device = 0x1237, .class_code = 6, .revision = 2}};
    pci->isa_bridge = (struct pci_function){
        .slot = 1,
        .identity = {
            .vendor = 0x8086, .device = 0x7000, .class_code = 6, .subclass = 1, .header = 0x80}};
    pci_add(machine, &pci->host_bridge);
    pci_add(machine, &pci->isa_bridge);
    memcpy(&pci->isa_bridge.config[ROUTES], routes, sizeof routes);
    memset(&pci->isa_bridge.writable[ROUTES], 0x8f, sizeof routes);
    /* Bridges always decode and master. */
    pci->host_bridge.config[COMMAND] = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
    pci->isa_bridge.config[COMMAND] = PCI_COMMAND_PORTS | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
}

/* Behind the machine's memory; with much of it there is no room below 4 GiB. */
static uint32_t first_memory(const struct machine *machine)
{
    uint64_t end = machine->frames * PAGE;
    return end <= FIRST_MEMORY ? FIRST_MEMORY : end < END_MEMORY ? (uint32_t)end : END_MEMORY;
}

struct pci *pci_create(struct machine *machine)
{
    struct pci *pci = calloc(1, sizeof *pci);
    if (pci == NULL) {
        return NULL;
    }
    machine->pci = pci;
    pci->next_port = FIRST_PORT;
    pci->next_memory = first_memory(machine);
    pci->address_port = (struct bus_range){.first = ADDRESS_PORT,
                                           .count = 1,
                                           .widths = BUS_WORD | BUS_LONG,
                                           .device = pci,
                                           .in = address_in,
                                           .out = address_out};
    pci->data_ports = (struct bus_range){.first = DATA_PORT,
                                         .count = 4,
                                         .widths = BUS_WORD | BUS_LONG,
                                         .device = pci,
                                         .in = data_in,
                                         .out = data_out};
    bus_attach(machine, &pci->address_port);
    bus_attach(machine, &pci->data_ports);
    bridges_add(machine, pci);
    return pci;
}

void pci_destroy(struct pci *pci)
{
    free(pci);
}
