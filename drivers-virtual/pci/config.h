/* SPDX-License-Identifier: MIT */
#pragma once

/* The configuration space of PCI functions by mechanism 1 (PCI Local Bus
 * Specification 2.2, 3.2.2.3): an address goes to port 0xcf8, the data is behind port 0xcfc.
 * Nothing here waits. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/device/pci.h>

enum config_register {
    CONFIG_VENDOR = 0x00,
    CONFIG_COMMAND = 0x04,
    CONFIG_CLASS = 0x08, /* with the revision in its lowest byte */
    CONFIG_HEADER = 0x0e,
    CONFIG_BASE = 0x10,
    CONFIG_SECONDARY = 0x19, /* of a bridge: the bus behind it */
    CONFIG_SUBSYSTEM = 0x2c,
    CONFIG_LINE = 0x3c
};

#define CONFIG_SIZE 256

/* Claims the ports. False: there is no such mechanism here; a TR_E_* in *error if it is another's.
 */
bool config_open(int64_t *error);

/* A register, `width` bytes (1, 2, 4) at `at`, aligned. Of a function that is not there all bits
 * are set. */
uint32_t config_read(uint32_t address, uint32_t at, uint32_t width);
void config_write(uint32_t address, uint32_t at, uint32_t width, uint32_t value);

/* Fills what is known of the function at an address. False: there is none. */
bool config_function(uint32_t address, struct tr_pci_function *function);
