/* SPDX-License-Identifier: MIT */
/* The bus master of an IDE channel. Entries of the table are read as they are needed. */

#include "bus_master.h"

#include "hal-posix/machine.h"
#include "pci.h"

enum { COMMAND, STATUS = 2, TABLE = 4 };
enum { START = 1, TO_MEMORY = 8 };
enum { ACTIVE = 1, FAILED = 2, INTERRUPT = 4, CAPABLE = 0x60 };
#define ENTRY_LAST UINT32_C(0x80000000)

bool bus_master_is_started(const struct bus_master *bus_master)
{
    return (bus_master->command & START) != 0 && (bus_master->status & ACTIVE) != 0;
}

uint32_t bus_master_in(const struct bus_master *bus_master, uint32_t offset)
{
    switch (offset) {
    case COMMAND:
        return bus_master->command;
    case STATUS:
        return bus_master->status;
    case TABLE:
    case TABLE + 1:
    case TABLE + 2:
    case TABLE + 3:
        return bus_master->table >> (8 * (offset - TABLE)) & 0xff;
    default:
        return 0;
    }
}

static void command_write(struct machine *machine, struct bus_master *bus_master, uint32_t value)
{
    bool started = (bus_master->command & START) != 0, starts = (value & START) != 0;
    bus_master->command = value & (START | TO_MEMORY);
    if (starts && !started) {
        bus_master->next = bus_master->table;
        bus_master->left = 0;
        bus_master->is_last = false;
        bus_master->status |= ACTIVE;
    } else if (!starts) {
        bus_master->status &= (uint8_t)~ACTIVE;
    }
    if (starts != started) {
        bus_master->changed(machine, bus_master->user, starts);
    }
}

void bus_master_out(struct machine *machine, struct bus_master *bus_master, uint32_t offset,
                    uint32_t value)
{
    uint8_t *status = &bus_master->status;
    if (offset == COMMAND) {
        command_write(machine, bus_master, value);
    } else if (offset == STATUS) {
        uint32_t cleared = value & (FAILED | INTERRUPT);
        *status = (uint8_t)((*status & ~(cleared | CAPABLE)) | (value & CAPABLE));
    } else if (offset >= TABLE && offset < TABLE + 4) {
        uint32_t shift = 8 * (offset - TABLE);
        bus_master->table = (bus_master->table & ~(UINT32_C(0xff) << shift)) | value << shift;
        bus_master->table &= ~UINT32_C(3);
    }
}

static bool fail(struct bus_master *bus_master)
{
    bus_master->status = (uint8_t)((bus_master->status & ~ACTIVE) | FAILED);
    return false;
}

/* False: refused, or the table has ended (which is no error of the bus's). */
static bool next_region(struct machine *machine, struct bus_master *bus_master)
{
    uint32_t entry[2];
    if (bus_master->is_last) {
        bus_master->status &= (uint8_t)~ACTIVE;
        return false;
    }
    if (!dma_read(machine, &bus_master->master, bus_master->next, entry, sizeof entry)) {
        return fail(bus_master);
    }
    bus_master->next += sizeof entry;
    bus_master->address = entry[0] & ~UINT32_C(1);
    bus_master->left = entry[1] & 0xfffe;
    bus_master->left = bus_master->left == 0 ? 0x10000 : bus_master->left;
    bus_master->is_last = (entry[1] & ENTRY_LAST) != 0;
    return true;
}

bool bus_master_move(struct machine *machine, struct bus_master *bus_master, void *bytes,
                     uint32_t size, bool to_memory)
{
    uint8_t *at = bytes;
    if (!bus_master_is_started(bus_master)) {
        return false;
    }
    if (to_memory != ((bus_master->command & TO_MEMORY) != 0) ||
        !pci_is_allowed(bus_master->function, PCI_COMMAND_MASTER)) {
        return fail(bus_master);
    }
    while (size > 0) {
        if (bus_master->left == 0 && !next_region(machine, bus_master)) {
            return false;
        }
        uint32_t part = size < bus_master->left ? size : bus_master->left;
        bool is_moved = to_memory
                            ? dma_write(machine, &bus_master->master, bus_master->address, at, part)
                            : dma_read(machine, &bus_master->master, bus_master->address, at, part);
        if (!is_moved) {
            return fail(bus_master);
        }
        bus_master->address += part;
        bus_master->left -= part;
        at += part;
        size -= part;
    }
    return true;
}

void bus_master_interrupt(struct bus_master *bus_master)
{
    bus_master->status |= INTERRUPT;
    if (bus_master->left == 0 && bus_master->is_last) {
        bus_master->status &= (uint8_t)~ACTIVE;
    }
}
