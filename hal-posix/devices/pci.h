/* SPDX-License-Identifier: MIT */
#pragma once

/* The PCI bus of a PC (PCI Local Bus Specification 2.2; Intel 440FX and PIIX3 for the bridges):
 * configuration mechanism 1 on ports 0xcf8 and 0xcfc, base addresses that can be sized and moved,
 * expansion ROMs, and interrupt pins that meet on lines through the ISA bridge's router.
 *
 * A model with a place on the bus embeds a pci_function and adds it. What firmware would do is done
 * by pci_add: base addresses are given out, decoding is on, the line register is set. Slots: 0 host
 * bridge, 1 ISA bridge with the IDE controller as function 1, 2 VGA. */

#include <stdbool.h>
#include <stdint.h>

#include "hal-posix/bus.h"
#include "hal-posix/region.h"

struct machine;

#define PCI_BARS 6
#define PCI_ROM  6 /* the expansion ROM's place in bars */

enum pci_command { PCI_COMMAND_PORTS = 1, PCI_COMMAND_MEMORY = 2, PCI_COMMAND_MASTER = 4 };

/* One of the two is set, or none: no such base address. Ports: range->count is a power of two.
 * Memory: region->pages is a power of two (and at least 1); the region exists already. */
struct pci_bar {
    struct bus_range *ports;
    struct region *memory;
    bool is_prefetchable;
};

struct pci_identity {
    uint16_t vendor, device;
    uint8_t class_code, subclass, interface, revision;
    uint8_t header; /* 0x80: the slot has more functions */
    uint8_t pin;    /* interrupt pin A to D as 1 to 4; 0: none */
};

struct pci_function {
    uint8_t slot, function;
    struct pci_identity identity;
    struct pci_bar bars[PCI_BARS + 1];
    /* Optional: a driver has written configuration bytes from `offset` on. */
    void (*written)(struct machine *machine, struct pci_function *function, uint32_t offset,
                    uint32_t width);

    uint8_t config[256], writable[256]; /* the bus's; a model may change both after pci_add */
    bool asks;                          /* the interrupt pin */
    struct pci_function *next;
};

/* Puts a function on the bus; nothing happens on a machine without one. */
void pci_add(struct machine *machine, struct pci_function *function);

/* Whether the function may reach memory: enum pci_command. */
bool pci_is_allowed(const struct pci_function *function, enum pci_command command);

/* The level of the function's interrupt pin. */
void pci_interrupt(struct machine *machine, struct pci_function *function, bool asks);

struct pci;
struct pci *pci_create(struct machine *machine);
void pci_destroy(struct pci *pci);
