/* SPDX-License-Identifier: MIT */
/* The ports of a VGA, and its life. */

#include "vga.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal-posix/machine.h"
#include "hal-posix/screen.h"

#define FIRST_PORT   UINT32_C(0x3c0)
#define PORTS        32
#define FIRST_MONO   UINT32_C(0x3b4)
#define MONO_PORTS   8
#define MONO_TO_HERE 0x20              /* 0x3b4 is 0x3d4 on a colour monitor */
#define LINEAR_FRAME UINT64_C(0xe0000) /* of a machine without PCI bus */
#define LINE_NS      31778             /* 31.469 kHz */

enum port {
    ATTRIBUTE = 0x3c0,
    ATTRIBUTE_READ = 0x3c1,
    MISCELLANEOUS = 0x3c2, /* read: input status 0 */
    SEQUENCER_INDEX = 0x3c4,
    SEQUENCER = 0x3c5,
    DAC_MASK = 0x3c6,
    DAC_READ = 0x3c7,
    DAC_WRITE = 0x3c8,
    DAC_DATA = 0x3c9,
    FEATURE_READ = 0x3ca,
    MISCELLANEOUS_READ = 0x3cc,
    GRAPHICS_INDEX = 0x3ce,
    GRAPHICS = 0x3cf,
    CRTC_INDEX = 0x3d4,
    CRTC = 0x3d5,
    STATUS = 0x3da
};

enum { IS_COLOUR = 1 };                        /* of the miscellaneous register */
enum { STATUS_BLANK = 1, STATUS_RETRACE = 8 }; /* of input status 1 */
enum { CRTC_VERTICAL_TOTAL = 6, CRTC_OVERFLOW = 7, CRTC_RETRACE = 0x10, CRTC_PROTECT = 0x11 };
enum { CRTC_DISPLAY_END = 0x12, CRTC_IS_PROTECTED = 0x80 };

static const uint8_t register_counts[VGA_GROUPS] = {5, 25, 9};

/* What the BIOS sets for its mode 3. */
static const uint8_t text_groups[VGA_GROUPS][VGA_REGISTERS] = {
    {0x03, 0x00, 0x03, 0x00, 0x02},
    {0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00,
     0x00, 0x00, 0x00, 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff},
    {0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff}};
static const uint8_t text_attributes[VGA_ATTRIBUTES] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14,
                                                        0x07, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d,
                                                        0x3e, 0x3f, 0x0c, 0x00, 0x0f, 0x08, 0x00};

/* ---- The beam ------------------------------------------------------------------------------- */

/* Where it is: input status 1. The interface's modes have 45 rows of blanking. */
static uint32_t status_now(struct machine *machine, const struct vga *vga)
{
    const uint8_t *crtc = vga->groups[VGA_CRTC];
    uint32_t more = crtc[CRTC_OVERFLOW];
    uint32_t total = (crtc[CRTC_VERTICAL_TOTAL] | (more & 1) << 8 | (more >> 5 & 1) << 9) + 2;
    uint32_t end = (crtc[CRTC_DISPLAY_END] | (more >> 1 & 1) << 8 | (more >> 6 & 1) << 9) + 1;
    uint32_t retrace = crtc[CRTC_RETRACE] | (more >> 2 & 1) << 8 | (more >> 7 & 1) << 9;
    if (vbe_is_on(&vga->vbe)) {
        end = vga->vbe.registers[VBE_HEIGHT];
        retrace = end + 10;
        total = end + 45;
    }
    uint64_t time = timeline_now(machine);
    uint32_t line = (uint32_t)(time / LINE_NS % total);
    bool is_blank = line >= end || time % LINE_NS >= LINE_NS * 4 / 5;
    bool is_retrace = line >= retrace && line < retrace + 2;
    return (is_blank ? STATUS_BLANK : 0U) | (is_retrace ? STATUS_RETRACE : 0U);
}

/* ---- Colours -------------------------------------------------------------------------------- */

static void dac_step(struct vga_dac *dac)
{
    dac->component = (uint8_t)((dac->component + 1) % 3);
    dac->index = (uint8_t)(dac->index + (dac->component == 0));
}

static uint8_t dac_bits(const struct vga *vga)
{
    return (vga->vbe.registers[VBE_ENABLE] & VBE_ENABLE_DAC8) != 0 ? 0xff : 0x3f;
}

static uint32_t dac_in(struct vga *vga, uint32_t port)
{
    struct vga_dac *dac = &vga->dac;
    uint32_t value = port == DAC_MASK   ? dac->mask
                     : port == DAC_READ ? (dac->is_reading ? 3 : 0)
                                        : dac->index;
    if (port == DAC_DATA) {
        value = dac->colours[dac->index][dac->component] & dac_bits(vga);
        dac_step(dac);
    }
    return value;
}

static void dac_out(struct vga *vga, uint32_t port, uint8_t value)
{
    struct vga_dac *dac = &vga->dac;
    switch (port) {
    case DAC_MASK:
        dac->mask = value;
        break;
    case DAC_DATA:
        dac->colours[dac->index][dac->component] = value & dac_bits(vga);
        dac_step(dac);
        break;
    default:
        dac->index = value;
        dac->component = 0;
        dac->is_reading = port == DAC_READ;
        break;
    }
}

/* The 64 colours of an EGA. */
static void dac_fill(struct vga_dac *dac)
{
    dac->mask = 0xff;
    for (uint32_t i = 0; i < 64; i++) {
        for (uint32_t component = 0; component < 3; component++) {
            uint32_t bright = i >> (2 - component) & 1, dim = i >> (5 - component) & 1;
            dac->colours[i][component] = (uint8_t)(bright * 42 + dim * 21);
        }
    }
}

/* ---- Registers ------------------------------------------------------------------------------ */

static uint32_t group_in(const struct vga *vga, enum vga_group group)
{
    uint8_t index = vga->index[group];
    return index < register_counts[group] ? vga->groups[group][index] : 0;
}

static void group_out(struct vga *vga, enum vga_group group, uint8_t value)
{
    uint8_t index = vga->index[group], *registers = vga->groups[group];
    if (index >= register_counts[group]) {
        return;
    }
    if (group == VGA_CRTC && index <= CRTC_OVERFLOW &&
        (registers[CRTC_PROTECT] & CRTC_IS_PROTECTED) != 0) {
        if (index == CRTC_OVERFLOW) { /* the line compare's bit is not protected */
            registers[index] = (uint8_t)((registers[index] & ~0x10) | (value & 0x10));
        }
        return;
    }
    registers[index] = value;
    vga_window_update(vga);
}

static void attribute_out(struct vga *vga, uint8_t value)
{
    uint8_t index = vga->attribute_index & 31;
    if (!vga->attribute_is_data) {
        vga->attribute_index = value & 63;
    } else if (index < VGA_ATTRIBUTES) {
        vga->attributes[index] = value;
    }
    vga->attribute_is_data = !vga->attribute_is_data;
}

static uint32_t attribute_in(const struct vga *vga)
{
    uint8_t index = vga->attribute_index & 31;
    return index < VGA_ATTRIBUTES ? vga->attributes[index] : 0;
}

/* ---- Ports ---------------------------------------------------------------------------------- */

/* The CRTC and input status 1 are at one of two places, by the monitor. */
static bool is_elsewhere(const struct vga *vga, uint32_t port, bool is_colour)
{
    return port >= CRTC_INDEX - 4 && ((vga->miscellaneous & IS_COLOUR) != 0) != is_colour;
}

static uint32_t port_in(struct machine *machine, struct vga *vga, uint32_t port)
{
    switch (port) {
    case ATTRIBUTE:
        return vga->attribute_index;
    case ATTRIBUTE_READ:
        return attribute_in(vga);
    case MISCELLANEOUS:
        return 0x10; /* a monitor is plugged in */
    case SEQUENCER_INDEX:
        return vga->index[VGA_SEQUENCER];
    case SEQUENCER:
        return group_in(vga, VGA_SEQUENCER);
    case DAC_MASK:
    case DAC_READ:
    case DAC_WRITE:
    case DAC_DATA:
        return dac_in(vga, port);
    case FEATURE_READ:
        return 0;
    case MISCELLANEOUS_READ:
        return vga->miscellaneous;
    case GRAPHICS_INDEX:
        return vga->index[VGA_GRAPHICS];
    case GRAPHICS:
        return group_in(vga, VGA_GRAPHICS);
    case CRTC_INDEX:
        return vga->index[VGA_CRTC];
    case CRTC:
        return group_in(vga, VGA_CRTC);
    case STATUS:
        vga->attribute_is_data = false;
        return status_now(machine, vga);
    default:
        return 0xff;
    }
}

static void port_out(struct vga *vga, uint32_t port, uint8_t value)
{
    switch (port) {
    case ATTRIBUTE:
        attribute_out(vga, value);
        break;
    case MISCELLANEOUS:
        vga->miscellaneous = value;
        break;
    case SEQUENCER_INDEX:
        vga->index[VGA_SEQUENCER] = value;
        break;
    case SEQUENCER:
        group_out(vga, VGA_SEQUENCER, value);
        break;
    case DAC_MASK:
    case DAC_READ:
    case DAC_WRITE:
    case DAC_DATA:
        dac_out(vga, port, value);
        break;
    case GRAPHICS_INDEX:
        vga->index[VGA_GRAPHICS] = value;
        break;
    case GRAPHICS:
        group_out(vga, VGA_GRAPHICS, value);
        break;
    case CRTC_INDEX:
        vga->index[VGA_CRTC] = value;
        break;
    case CRTC:
        group_out(vga, VGA_CRTC, value);
        break;
    default:
        break;
    }
}

static uint32_t colour_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)width;
    struct vga *vga = device;
    uint32_t port = FIRST_PORT + offset;
    return is_elsewhere(vga, port, true) ? 0xff : port_in(machine, vga, port);
}

static uint32_t mono_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)width;
    struct vga *vga = device;
    uint32_t port = FIRST_MONO + offset + MONO_TO_HERE;
    return is_elsewhere(vga, port, false) ? 0xff : port_in(machine, vga, port);
}

static void port_write(struct vga *vga, uint32_t port, uint32_t value, bool is_colour)
{
    if (!is_elsewhere(vga, port, is_colour)) {
        pthread_mutex_lock(&vga->lock);
        port_out(vga, port, (uint8_t)value);
        pthread_mutex_unlock(&vga->lock);
    }
}

static void colour_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                       uint32_t value)
{
    (void)machine, (void)width;
    port_write(device, FIRST_PORT + offset, value, true);
}

static void mono_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    (void)machine, (void)width;
    port_write(device, FIRST_MONO + offset + MONO_TO_HERE, value, false);
}

/* ---- Life ----------------------------------------------------------------------------------- */

/* The ROM's bytes, where a BIOS puts them and behind the base address. How many: 0, there is none.
 */
static size_t rom_load(struct machine *machine, struct vga *vga)
{
    uint8_t *at = region_low(machine, VGA_ROM);
    const char *path = machine->hardware.rom;
    bool is_chosen = path != NULL;
    if (!is_chosen) {
        path = TERRARIUM_VGA_ROM;
    }
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        if (is_chosen) {
            host_warn(machine, "%s: the VGA BIOS cannot be read: %s; there is none", path,
                      strerror(errno));
        }
        return 0;
    }
    size_t size = fread(at, 1, VGA_ROM_SIZE, file);
    fclose(file);
    if (size < 3 || at[0] != 0x55 || at[1] != 0xaa) {
        memset(at, 0, VGA_ROM_SIZE);
        if (size != 0) {
            host_warn(machine,
                      "%s is not an expansion ROM (it would begin with 55 aa): there is "
                      "no VGA BIOS",
                      path);
        }
        return 0;
    }
    if (region_create(machine, &vga->rom, VGA_ROM_SIZE / PAGE)) {
        memcpy(vga->rom.view, at, size);
        vga->function.bars[PCI_ROM].memory = &vga->rom;
    }
    return size;
}

static void ports_attach(struct machine *machine, struct vga *vga)
{
    vga->colour_ports = (struct bus_range){
        .first = FIRST_PORT, .count = PORTS, .device = vga, .in = colour_in, .out = colour_out};
    vga->mono_ports = (struct bus_range){
        .first = FIRST_MONO, .count = MONO_PORTS, .device = vga, .in = mono_in, .out = mono_out};
    bus_attach(machine, &vga->colour_ports);
    bus_attach(machine, &vga->mono_ports);
}

/* As firmware leaves it. */
static void text_begin(struct machine *machine, struct vga *vga, size_t rom_size)
{
    uint8_t *text = region_low(machine, VGA_TEXT);
    memcpy(vga->groups, text_groups, sizeof vga->groups);
    memcpy(vga->attributes, text_attributes, sizeof vga->attributes);
    vga->attribute_index = 0x20; /* the picture is on */
    vga->miscellaneous = 0x67;
    dac_fill(&vga->dac);
    for (size_t i = 0; i < VGA_TEXT_SIZE; i += 2) {
        text[i] = ' ';
        text[i + 1] = 7;
    }
    vga_font_load(vga, vga_font_find(region_low(machine, VGA_ROM), rom_size));
}

struct vga *vga_create(struct machine *machine)
{
    struct vga *vga = calloc(1, sizeof *vga);
    if (vga == NULL || !region_create(machine, &vga->memory, VGA_MEMORY / PAGE)) {
        free(vga);
        return NULL;
    }
    pthread_mutex_init(&vga->lock, NULL);
    vga->low = region_low(machine, VGA_WINDOW);
    size_t rom_size = rom_load(machine, vga);
    text_begin(machine, vga, rom_size);
    ports_attach(machine, vga);
    vbe_create(machine, vga);
    vga->function.slot = 2;
    vga->function.identity =
        (struct pci_identity){.vendor = 0x1234, .device = 0x1111, .class_code = 3, .revision = 2};
    vga->function.bars[0] = (struct pci_bar){.memory = &vga->memory, .is_prefetchable = true};
    if (machine->pci == NULL) {
        region_place(machine, &vga->memory, LINEAR_FRAME);
    }
    pci_add(machine, &vga->function);
    machine->vga = vga;
    machine->slots.screenshot = screen_shot;
    return vga;
}

void vga_destroy(struct machine *machine, struct vga *vga)
{
    if (vga != NULL) {
        region_destroy(machine, &vga->memory);
        region_destroy(machine, &vga->rom);
        pthread_mutex_destroy(&vga->lock);
        free(vga);
    }
}
