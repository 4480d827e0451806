/* SPDX-License-Identifier: MIT */
#pragma once

/* One channel of a bus-master IDE controller (Programming Interface for Bus Master IDE Controller,
 * revision 1.0; Intel 82371SB): walks a table of physical regions in memory and moves what the
 * drive gives or takes. */

#include <stdbool.h>
#include <stdint.h>

#include "hal-posix/dma.h"

struct machine;
struct pci_function;

struct bus_master {
    struct dma_master master;
    const struct pci_function *function; /* must be allowed to reach memory */
    void *user;
    /* The start bit was set, or cleared. */
    void (*changed)(struct machine *machine, void *user, bool is_started);

    uint8_t command, status;
    uint32_t table;         /* the register */
    uint32_t next;          /* address of the entry to come */
    uint32_t address, left; /* of the present region */
    bool is_last;           /* the present region is */
};

/* The eight registers. Offsets 0 to 7, one byte each. */
uint32_t bus_master_in(const struct bus_master *bus_master, uint32_t offset);
void bus_master_out(struct machine *machine, struct bus_master *bus_master, uint32_t offset,
                    uint32_t value);

bool bus_master_is_started(const struct bus_master *bus_master);

/* Moves bytes of the drive's. False: it did not go, the transfer has stopped: memory refused, the
 * table was too short, or the direction is the other. */
bool bus_master_move(struct machine *machine, struct bus_master *bus_master, void *bytes,
                     uint32_t size, bool to_memory);

/* The drive's interrupt has risen. */
void bus_master_interrupt(struct bus_master *bus_master);
