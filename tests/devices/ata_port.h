/* SPDX-License-Identifier: MIT */
#pragma once

/* The first ATA channel as a driver sees it, for the tests of disks and CD-ROMs. */

#include "devices.h"

enum { DATA = 0x1f0, ERROR, COUNT, LOW, MIDDLE, HIGH, DEVICE, STATUS, CONTROL = 0x3f6 };
enum { BUSY = 0x80, READY = 0x40, SEEKED = 0x10, REQUEST = 8, FAILED = 1 };
enum { LBA = 0xe0, DISK_LINE = 14 };

/* Lets time pass until the drive is no longer busy. What the status is then. */
static inline uint32_t settle(struct machine *machine)
{
    for (int i = 0; i < 100000 && (in8(machine, CONTROL) & BUSY) != 0; i++) {
        posix_machine_pass(machine, MS / 10);
    }
    return in8(machine, CONTROL);
}

static inline void command(struct machine *machine, uint32_t device, uint32_t sector,
                           uint32_t count, uint32_t code)
{
    out8(machine, DEVICE, device | (sector >> 24 & 15));
    out8(machine, COUNT, count);
    out8(machine, LOW, sector & 0xff);
    out8(machine, MIDDLE, sector >> 8 & 0xff);
    out8(machine, HIGH, sector >> 16 & 0xff);
    out8(machine, STATUS, code);
}

static inline void data_read(struct machine *machine, void *bytes, uint32_t size)
{
    uint16_t *words = bytes;
    for (uint32_t i = 0; i < size / 2; i++) {
        words[i] = (uint16_t)hal_port_in(machine, DATA, 2);
    }
}

static inline void data_write(struct machine *machine, const void *bytes, uint32_t size)
{
    const uint16_t *words = bytes;
    for (uint32_t i = 0; i < size / 2; i++) {
        hal_port_out(machine, DATA, 2, words[i]);
    }
}

/* The interrupt has come, is the only one, and is taken back by reading the status. */
static inline uint32_t interrupt(struct machine *machine)
{
    assert_int_equal(device_take(machine), DISK_LINE);
    assert_int_equal(device_take(machine), -1);
    return in8(machine, STATUS);
}

/* ---- The bus master, behind base address 4 of function 1.1 ------------------------------------
 */

enum { MASTER_COMMAND, MASTER_STATUS = 2, MASTER_TABLE = 4 };
enum { TO_MEMORY = 8, START = 1, ACTIVE = 1, MASTER_FAILED = 2, INTERRUPT = 4 };
#define TABLE_FRAME  600
#define BUFFER_FRAME 601

static inline uint32_t config(struct machine *machine, uint32_t at)
{
    hal_port_out(machine, 0xcf8, 4, 0x80000900 | at);
    return hal_port_in(machine, 0xcfc, 4);
}

/* Its ports, with the right to reach memory. */
static inline uint32_t master_ports(struct machine *machine)
{
    uint32_t ports = config(machine, 0x20) & 0xfff0;
    uint32_t value = config(machine, 4);
    hal_port_out(machine, 0xcfc, 4, value | 4);
    return ports;
}

static inline uint8_t *frame_of(struct machine *machine, uint64_t frame)
{
    return hal_memory(machine).base + frame * TR_PAGE_SIZE;
}

/* One entry of the table: a region. */
static inline void region(struct machine *machine, uint32_t index, uint64_t physical, uint32_t size,
                          bool is_last)
{
    uint32_t *entry = (uint32_t *)frame_of(machine, TABLE_FRAME) + 2 * index;
    entry[0] = (uint32_t)physical;
    entry[1] = (size & 0xffff) | (is_last ? UINT32_C(1) << 31 : 0);
}

/* Table and buffer may be reached; the table is the register's. */
static inline uint32_t master_open(struct machine *machine, uint64_t buffer_frames)
{
    uint32_t ports = master_ports(machine);
    hal_dma_allow(machine, TABLE_FRAME, 1, true);
    hal_dma_allow(machine, BUFFER_FRAME, buffer_frames, true);
    hal_port_out(machine, ports + MASTER_TABLE, 4, TABLE_FRAME * (uint32_t)TR_PAGE_SIZE);
    return ports;
}
