/* SPDX-License-Identifier: MIT */
#pragma once

/* The Bochs/QEMU display interface: 16-bit registers behind ports 0x1ce (index) and 0x1cf (data)
 * that set any resolution with 8, 15, 16, 24 or 32 bits a pixel, with a linear frame buffer or a
 * window of 64 KiB at 0xa0000 (Bochs, iodev/display/vga.h; QEMU, docs/specs/standard-vga).
 *
 * SIM: four bits a pixel would need the planes' logic and are refused. */

#include <stdbool.h>
#include <stdint.h>

#include "hal-posix/bus.h"

struct machine;
struct vga;

enum vbe_register {
    VBE_ID,
    VBE_WIDTH,
    VBE_HEIGHT,
    VBE_BITS,
    VBE_ENABLE,
    VBE_BANK,
    VBE_VIRTUAL_WIDTH,
    VBE_VIRTUAL_HEIGHT,
    VBE_X,
    VBE_Y,
    VBE_MEMORY, /* in units of 64 KiB */
    VBE_REGISTERS
};

enum vbe_enable {
    VBE_ENABLE_ON = 0x01,
    VBE_ENABLE_MOST = 0x02, /* width, height and bits read as the most there can be */
    VBE_ENABLE_DAC8 = 0x20, /* colours have 8 bits a component, not 6 */
    VBE_ENABLE_LINEAR = 0x40,
    VBE_ENABLE_KEEP = 0x80 /* memory is not cleared */
};

#define VBE_ID_OLDEST   0xb0c0
#define VBE_ID_NEWEST   0xb0c5
#define VBE_WIDTH_MOST  2560
#define VBE_HEIGHT_MOST 1600

struct vbe {
    struct bus_range index_port, data_port;
    uint16_t index, registers[VBE_REGISTERS];
    uint32_t stride; /* bytes from a row to the next */
};

void vbe_create(struct machine *machine, struct vga *vga);

static inline bool vbe_is_on(const struct vbe *vbe)
{
    return (vbe->registers[VBE_ENABLE] & VBE_ENABLE_ON) != 0;
}

/* Bytes of a pixel. */
static inline uint32_t vbe_pixel(const struct vbe *vbe)
{
    return (vbe->registers[VBE_BITS] + 7U) / 8;
}
