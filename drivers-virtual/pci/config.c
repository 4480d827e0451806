/* SPDX-License-Identifier: MIT */
/* Configuration space. */

#include <string.h>
#include <terrarium.h>

#include "config.h"

#define ADDRESS_PORT 0xcf8
#define DATA_PORT    0xcfc
#define PORTS        8
#define ENABLE       UINT32_C(0x80000000)

#define NO_VENDOR       0xffff
#define COMMAND_DECODE  UINT32_C(3) /* answers at its ports and in its memory */
#define HEADER_KIND     0x7f
#define HEADER_BRIDGE   1
#define BASE_IS_PORT    UINT32_C(1)
#define BASE_PORT_BITS  UINT32_C(0xfffffffc)
#define BASE_MEMORY     UINT32_C(0xfffffff0)
#define BASE_IS_64      UINT32_C(4)
#define BASE_PREFETCH   UINT32_C(8)
#define BASES           6
#define BASES_OF_BRIDGE 2
#define NO_LINE         0xff

static void address_put(uint32_t address, uint32_t at)
{
    tr_port_out(ADDRESS_PORT, 4, ENABLE | address << 8 | (at & 0xfc));
}

bool config_open(int64_t *error)
{
    *error = tr_port_claim(ADDRESS_PORT, PORTS);
    if (*error < 0) {
        return false;
    }
    address_put(0, 0);
    if ((uint32_t)tr_port_in(ADDRESS_PORT, 4) == ENABLE) {
        return true;
    }
    tr_port_release(ADDRESS_PORT, PORTS);
    return false;
}

uint32_t config_read(uint32_t address, uint32_t at, uint32_t width)
{
    address_put(address, at);
    return (uint32_t)tr_port_in(DATA_PORT + (at & 3), width);
}

void config_write(uint32_t address, uint32_t at, uint32_t width, uint32_t value)
{
    address_put(address, at);
    tr_port_out(DATA_PORT + (at & 3), width, value);
}

/* The bits of a base address that can be set tell its size. 0: it has none, or no place: all of
 * them were set already, by somebody who asked the same and did not put back what was there. */
static uint32_t base_size(uint32_t address, uint32_t at, uint32_t value)
{
    uint32_t bits = (value & BASE_IS_PORT) != 0 ? BASE_PORT_BITS : BASE_MEMORY;

    config_write(address, at, 4, UINT32_MAX);
    uint32_t settable = config_read(address, at, 4) & bits;
    bool is_asked = (value & bits) == settable && (settable & (settable - 1)) != 0;
    config_write(address, at, 4, value);
    /* A bridge to an ISA-sized port space may leave the upper half of a port's bits at 0. */
    if ((value & BASE_IS_PORT) != 0 && settable != 0) {
        settable |= UINT32_C(0xffff0000);
    }
    return settable == 0 || is_asked ? 0 : ~settable + 1;
}

static void regions_fill(struct tr_pci_function *function, uint32_t count)
{
    uint32_t address = function->address;
    uint32_t command = config_read(address, CONFIG_COMMAND, 2);

    /* While its base addresses are not addresses it must not answer there. */
    config_write(address, CONFIG_COMMAND, 2, command & ~COMMAND_DECODE);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = CONFIG_BASE + 4 * i;
        uint32_t value = config_read(address, at, 4);
        bool is_port = (value & BASE_IS_PORT) != 0;
        function->regions[i].size = base_size(address, at, value);
        if (function->regions[i].size == 0) {
            value = 0;
        }
        function->regions[i].first = value & (is_port ? BASE_PORT_BITS : BASE_MEMORY);
        function->regions[i].is_port = is_port;
        function->regions[i].is_prefetchable = !is_port && (value & BASE_PREFETCH) != 0;
        if (!is_port && (value & BASE_IS_64) != 0 && i + 1 < count) {
            function->regions[i].first |= (uint64_t)config_read(address, at + 4, 4) << 32;
            i++;
        }
    }
    config_write(address, CONFIG_COMMAND, 2, command);
}

bool config_function(uint32_t address, struct tr_pci_function *function)
{
    uint32_t identity = config_read(address, CONFIG_VENDOR, 4);

    memset(function, 0, sizeof *function);
    if ((identity & NO_VENDOR) == NO_VENDOR) {
        return false;
    }
    uint32_t header = config_read(address, CONFIG_HEADER, 1) & HEADER_KIND;
    uint32_t line = config_read(address, CONFIG_LINE, 1);
    uint32_t pin = config_read(address, CONFIG_LINE + 1, 1);
    function->address = address;
    function->vendor = identity & 0xffff;
    function->model = identity >> 16;
    function->class_code = config_read(address, CONFIG_CLASS, 4) >> 8;
    function->subsystem = header == 0 ? config_read(address, CONFIG_SUBSYSTEM, 4) : 0;
    function->irq = pin != 0 && line != NO_LINE ? line : 0;
    regions_fill(function, header == HEADER_BRIDGE ? BASES_OF_BRIDGE : BASES);
    return true;
}
