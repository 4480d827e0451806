/* SPDX-License-Identifier: MIT */
#pragma once

/* The PCI bus: which functions there are, and their configuration space. See device.h for the form
 * of its messages. Numbers are as in the PCI Local Bus Specification 2.2. */

#include <terrarium/device/device.h>

enum tr_pci_operation {
#define TR_PCI_OPERATION(name, number, rights, meaning) TR_PCI_##name = (number),
#include <terrarium/device/pci.def>
#undef TR_PCI_OPERATION
};

#define TR_PCI_DEVICE "pci"

struct tr_pci_function {
    uint32_t address;       /* bus << 8 | device << 3 | function */
    uint32_t vendor, model; /* its identity */
    uint32_t class_code;    /* class << 16 | subclass << 8 | interface */
    uint32_t subsystem;     /* subsystem id << 16 | subsystem vendor */
    uint32_t irq;           /* line, 0 none */
    struct {
        uint64_t first, size; /* port or physical address; size 0: there is none */
        uint32_t is_port, is_prefetchable;
    } regions[6];
};

struct tr_pci_information {
    struct tr_device_information device;
    uint64_t functions;
};
