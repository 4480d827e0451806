/* SPDX-License-Identifier: MIT */
/* The disk controller: the PCI function and its two channels, in compatibility mode. */

#include "ide.h"

#include <stdlib.h>

#include "ata.h"
#include "hal-posix/machine.h"
#include "pci.h"

struct ide {
    struct ata_channel channels[2];
    struct pci_function function;
    struct bus_range ports;
};

static uint32_t ports_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)machine;
    struct ide *ide = device;
    const struct bus_master *bus_master = &ide->channels[offset / 8].bus_master;
    uint32_t value = 0;
    for (uint32_t i = 0; i < width; i++) {
        value |= bus_master_in(bus_master, offset % 8 + i) << (8 * i);
    }
    return value;
}

static void ports_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                      uint32_t value)
{
    struct ide *ide = device;
    struct bus_master *bus_master = &ide->channels[offset / 8].bus_master;
    for (uint32_t i = 0; i < width; i++) {
        bus_master_out(machine, bus_master, offset % 8 + i, value >> (8 * i) & 0xff);
    }
}

static void function_add(struct machine *machine, struct ide *ide)
{
    ide->ports = (struct bus_range){.count = 16,
                                    .widths = BUS_WORD | BUS_LONG,
                                    .device = ide,
                                    .in = ports_in,
                                    .out = ports_out};
    ide->function = (struct pci_function){.slot = 1,
                                          .function = 1,
                                          .identity = {.vendor = 0x8086,
                                                       .device = 0x7010,
                                                       .class_code = 1,
                                                       .subclass = 1,
                                                       .interface = 0x80},
                                          .bars[4] = {.ports = &ide->ports}};
    pci_add(machine, &ide->function);
}

struct ide *ide_create(struct machine *machine)
{
    struct ide *ide = calloc(1, sizeof *ide);
    if (ide == NULL) {
        return NULL;
    }
    machine->ide = ide;
    for (uint32_t number = 0; number < 2; number++) {
        ata_channel_create(machine, &ide->channels[number], number);
        ide->channels[number].bus_master.function = &ide->function;
    }
    function_add(machine, ide);
    for (uint32_t number = 0; number < POSIX_DRIVES; number++) {
        enum posix_drive_kind kind = machine->hardware.drives[number].kind;
        if (kind != POSIX_DRIVE_NONE &&
            !ata_drive_add(machine, &ide->channels[number / 2], number, kind)) {
            return NULL;
        }
    }
    return ide;
}

void ide_destroy(struct machine *machine, struct ide *ide)
{
    if (ide != NULL) {
        ata_channel_destroy(machine, &ide->channels[0]);
        ata_channel_destroy(machine, &ide->channels[1]);
        free(ide);
    }
}
