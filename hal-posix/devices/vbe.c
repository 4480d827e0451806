/* SPDX-License-Identifier: MIT */
/* The registers of the display interface. A change of size while the interface is on is refused, as
 * is one that does not fit into memory. */

#include "vbe.h"

#include <string.h>

#include "vga.h"

#define INDEX_PORT 0x1ce
#define DATA_PORT  0x1cf

static bool bits_are_good(uint32_t bits)
{
    return bits == 8 || bits == 15 || bits == 16 || bits == 24 || bits == 32;
}

/* Rows are virtual_width pixels apart; as many as there is memory for. */
static void set_virtual_width(struct vbe *vbe, uint32_t width)
{
    uint32_t stride = width * vbe_pixel(vbe);
    uint32_t rows = stride == 0 ? 0 : VGA_MEMORY / stride;
    if (width < vbe->registers[VBE_WIDTH] || rows < vbe->registers[VBE_HEIGHT]) {
        return;
    }
    vbe->stride = stride;
    vbe->registers[VBE_VIRTUAL_WIDTH] = (uint16_t)width;
    vbe->registers[VBE_VIRTUAL_HEIGHT] = (uint16_t)(rows < 0xffff ? rows : 0xffff);
}

static void set_origin(struct vbe *vbe, uint32_t x, uint32_t y)
{
    const uint16_t *r = vbe->registers;
    if (x + r[VBE_WIDTH] <= r[VBE_VIRTUAL_WIDTH] && y + r[VBE_HEIGHT] <= r[VBE_VIRTUAL_HEIGHT]) {
        vbe->registers[VBE_X] = (uint16_t)x;
        vbe->registers[VBE_Y] = (uint16_t)y;
    }
}

static void turn_on(struct vga *vga, uint32_t flags)
{
    struct vbe *vbe = &vga->vbe;
    uint16_t *r = vbe->registers;
    uint32_t size = (uint32_t)r[VBE_WIDTH] * r[VBE_HEIGHT] * vbe_pixel(vbe);
    if (size == 0 || size > VGA_MEMORY) {
        return;
    }
    r[VBE_ENABLE] = (uint16_t)flags;
    r[VBE_X] = r[VBE_Y] = r[VBE_BANK] = 0;
    set_virtual_width(vbe, r[VBE_WIDTH]);
    if ((flags & VBE_ENABLE_KEEP) == 0) {
        memset(vga->memory.view, 0, size);
    }
}

static void set_enable(struct vga *vga, uint32_t flags)
{
    uint16_t *r = vga->vbe.registers;
    flags &=
        VBE_ENABLE_ON | VBE_ENABLE_MOST | VBE_ENABLE_DAC8 | VBE_ENABLE_LINEAR | VBE_ENABLE_KEEP;
    vga_window_sync(vga);
    if ((flags & VBE_ENABLE_ON) != 0 && !vbe_is_on(&vga->vbe)) {
        turn_on(vga, flags);
        vga->backing = NULL; /* memory may have been cleared under the window */
    } else {
        r[VBE_ENABLE] = (uint16_t)flags;
    }
    vga_window_update(vga);
}

/* Size and depth. */
static void set_size(struct vbe *vbe, enum vbe_register which, uint32_t value)
{
    bool is_good = which == VBE_BITS    ? bits_are_good(value)
                   : which == VBE_WIDTH ? value != 0 && value <= VBE_WIDTH_MOST && value % 8 == 0
                                        : value != 0 && value <= VBE_HEIGHT_MOST;
    if (is_good && !vbe_is_on(vbe)) {
        vbe->registers[which] = (uint16_t)value;
    }
}

static void register_write(struct vga *vga, uint32_t which, uint32_t value)
{
    struct vbe *vbe = &vga->vbe;
    switch (which) {
    case VBE_ID:
        if (value >= VBE_ID_OLDEST && value <= VBE_ID_NEWEST) {
            vbe->registers[VBE_ID] = (uint16_t)value;
        }
        break;
    case VBE_WIDTH:
    case VBE_HEIGHT:
    case VBE_BITS:
        set_size(vbe, which, value);
        break;
    case VBE_ENABLE:
        set_enable(vga, value);
        break;
    case VBE_BANK:
        if (value < VGA_MEMORY / VGA_WINDOW_SIZE) {
            vbe->registers[VBE_BANK] = (uint16_t)value;
            vga_window_update(vga);
        }
        break;
    case VBE_VIRTUAL_WIDTH:
        set_virtual_width(vbe, value);
        break;
    case VBE_X:
        set_origin(vbe, value, vbe->registers[VBE_Y]);
        break;
    case VBE_Y:
        set_origin(vbe, vbe->registers[VBE_X], value);
        break;
    default:
        break;
    }
}

static uint32_t register_read(const struct vbe *vbe, uint32_t which)
{
    static const uint16_t most[] = {
        [VBE_WIDTH] = VBE_WIDTH_MOST, [VBE_HEIGHT] = VBE_HEIGHT_MOST, [VBE_BITS] = 32};
    bool asks_most = (vbe->registers[VBE_ENABLE] & VBE_ENABLE_MOST) != 0;
    if (asks_most && which >= VBE_WIDTH && which <= VBE_BITS) {
        return most[which];
    }
    return which < VBE_REGISTERS ? vbe->registers[which] : 0;
}

static uint32_t index_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)machine, (void)offset, (void)width;
    const struct vga *vga = device;
    return vga->vbe.index;
}

static void index_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                      uint32_t value)
{
    (void)machine, (void)offset, (void)width;
    struct vga *vga = device;
    vga->vbe.index = (uint16_t)value;
}

static uint32_t data_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)machine, (void)offset, (void)width;
    const struct vga *vga = device;
    return register_read(&vga->vbe, vga->vbe.index);
}

/* Only an access of two bytes writes a register. */
static void data_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    (void)machine, (void)offset;
    struct vga *vga = device;
    if (width == 2) {
        pthread_mutex_lock(&vga->lock);
        register_write(vga, vga->vbe.index, value);
        pthread_mutex_unlock(&vga->lock);
    }
}

void vbe_create(struct machine *machine, struct vga *vga)
{
    struct vbe *vbe = &vga->vbe;
    vbe->registers[VBE_ID] = VBE_ID_NEWEST;
    vbe->registers[VBE_BITS] = 8;
    vbe->registers[VBE_MEMORY] = VGA_MEMORY / 0x10000;
    vbe->index_port = (struct bus_range){.first = INDEX_PORT,
                                         .count = 1,
                                         .widths = BUS_WORD,
                                         .device = vga,
                                         .in = index_in,
                                         .out = index_out};
    vbe->data_port = (struct bus_range){.first = DATA_PORT,
                                        .count = 1,
                                        .widths = BUS_WORD,
                                        .device = vga,
                                        .in = data_in,
                                        .out = data_out};
    bus_attach(machine, &vbe->index_port);
    bus_attach(machine, &vbe->data_port);
}
