/* SPDX-License-Identifier: MIT */
/* Registers. Numbers of the modes are those that video BIOSes give to the same sizes. */

#include <terrarium.h>

#include "interface.h"
#include "vga.h"

#define INDEX_PORT      0x1ce
#define DATA_PORT       0x1cf
#define INTERFACE_COUNT 3 /* two of two bytes each, a port apart */
#define VGA_PORTS       0x3c0
#define VGA_COUNT       32

#define DAC_INDEX 0x3c8
#define DAC_DATA  0x3c9
#define CRTC      0x3d4

enum { ID, WIDTH, HEIGHT, BITS, ENABLE, MEMORY = 10 };
enum { ID_OLDEST = 0xb0c0, ID_NEWEST = 0xb0c5 };
enum { ON = 1, LINEAR = 0x40 };
enum { CURSOR_START = 0x0a, CURSOR_HIGH = 0x0e, CURSOR_LOW = 0x0f, CURSOR_HIDDEN = 0x20 };

static const struct {
    uint16_t width, height, number, bits;
} rows[] = {{640, 480, 0x101, 8},    {640, 480, 0x110, 15},   {640, 480, 0x111, 16},
            {640, 480, 0x112, 24},   {640, 480, 0x142, 32},   {800, 600, 0x103, 8},
            {800, 600, 0x113, 15},   {800, 600, 0x114, 16},   {800, 600, 0x115, 24},
            {800, 600, 0x143, 32},   {1024, 768, 0x105, 8},   {1024, 768, 0x116, 15},
            {1024, 768, 0x117, 16},  {1024, 768, 0x118, 24},  {1024, 768, 0x144, 32},
            {1280, 1024, 0x107, 8},  {1280, 1024, 0x119, 15}, {1280, 1024, 0x11a, 16},
            {1280, 1024, 0x11b, 24}, {1280, 1024, 0x145, 32}};

static uint32_t get(uint32_t which)
{
    tr_port_out(INDEX_PORT, 2, which);
    return (uint32_t)tr_port_in(DATA_PORT, 2);
}

static void put(uint32_t which, uint32_t value)
{
    tr_port_out(INDEX_PORT, 2, which);
    tr_port_out(DATA_PORT, 2, value);
}

bool interface_open(int64_t *error)
{
    *error = tr_port_claim(INDEX_PORT, INTERFACE_COUNT);
    if (*error == 0) {
        *error = tr_port_claim(VGA_PORTS, VGA_COUNT);
    }
    if (*error < 0) {
        return false;
    }
    uint32_t id = get(ID);
    return id >= ID_OLDEST && id <= ID_NEWEST;
}

uint64_t interface_memory(void)
{
    return (uint64_t)get(MEMORY) << 16;
}

bool interface_is_on(void)
{
    return (get(ENABLE) & ON) != 0;
}

uint32_t interface_modes(struct tr_video_mode *modes, uint32_t most)
{
    uint64_t memory = interface_memory();
    uint32_t count = 0;

    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t stride = rows[i].width * ((rows[i].bits + 7U) / 8);
        if (count < most && (uint64_t)stride * rows[i].height <= memory) {
            modes[count++] = (struct tr_video_mode){.number = rows[i].number,
                                                    .width = rows[i].width,
                                                    .height = rows[i].height,
                                                    .bits = rows[i].bits,
                                                    .stride = stride};
        }
    }
    return count;
}

bool interface_set(const struct tr_video_mode *mode)
{
    put(ENABLE, 0);
    if (mode->bits == 0) {
        vga_text();
        return !interface_is_on();
    }
    put(WIDTH, mode->width);
    put(HEIGHT, mode->height);
    put(BITS, mode->bits);
    put(ENABLE, ON | LINEAR);
    return interface_is_on() && get(WIDTH) == mode->width && get(HEIGHT) == mode->height &&
           get(BITS) == mode->bits;
}

void interface_palette(uint32_t first, const uint32_t *colours, uint32_t count)
{
    tr_port_out(DAC_INDEX, 1, first);
    for (uint32_t i = 0; i < count; i++) {
        tr_port_out(DAC_DATA, 1, colours[i] >> 18 & 0x3f);
        tr_port_out(DAC_DATA, 1, colours[i] >> 10 & 0x3f);
        tr_port_out(DAC_DATA, 1, colours[i] >> 2 & 0x3f);
    }
}

static void crtc_put(uint32_t index, uint32_t value)
{
    tr_port_out(CRTC, 2, value << 8 | index);
}

void interface_cursor(uint32_t cell, bool is_hidden)
{
    tr_port_out(CRTC, 1, CURSOR_START);
    uint32_t start = (uint32_t)tr_port_in(CRTC + 1, 1);
    tr_port_out(CRTC + 1, 1, is_hidden ? start | CURSOR_HIDDEN : start & ~(uint32_t)CURSOR_HIDDEN);
    crtc_put(CURSOR_HIGH, cell >> 8 & 0xff);
    crtc_put(CURSOR_LOW, cell & 0xff);
}
