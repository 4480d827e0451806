/* SPDX-License-Identifier: MIT */
/* The VGA's text mode. Each group of registers is behind a port for the index and one for the
 * value; the attributes have one port for both, and reading the status makes the next byte an
 * index. */

#include "vga.h"

#include <stdint.h>
#include <terrarium.h>

#define ATTRIBUTE          0x3c0
#define ATTRIBUTE_READ     0x3c1
#define MISCELLANEOUS      0x3c2
#define MISCELLANEOUS_READ 0x3cc
#define DAC_MASK           0x3c6
#define DAC_INDEX          0x3c8
#define DAC_DATA           0x3c9
#define STATUS             0x3da

#define COLOUR_80     0x67 /* ports at 3dx, 28 MHz, 400 rows */
#define ATTRIBUTES    21
#define PICTURE_ON    0x20 /* with an index of the attributes: they drive the screen */
#define COLOURS       64
#define CRTC_PROTECT  0x11
#define CURSOR        UINT32_C(0x0000cc00) /* registers of the CRTC that say where it is, and how high */
#define ALL_REGISTERS 25

static const struct group {
    uint16_t port;
    uint8_t count;
    uint32_t free; /* bits: these registers may be otherwise */
    uint8_t values[ALL_REGISTERS];
} groups[] = {
    {0x3c4, 5, 0, {0x03, 0x00, 0x03, 0x00, 0x02}},
    {0x3d4, 25, CURSOR, {0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00,
                         0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x8e,
                         0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff}},
    {0x3ce, 9, 0x80, {0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff}},
};
static const uint8_t attributes[ATTRIBUTES] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14,
                                               0x07, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d,
                                               0x3e, 0x3f, 0x0c, 0x00, 0x0f, 0x08, 0x00};

static uint8_t get(uint32_t port)
{
    return (uint8_t)tr_port_in(port, 1);
}

static void put(uint32_t port, uint32_t value)
{
    tr_port_out(port, 1, value & 0xff);
}

static bool group_is_text(const struct group *group)
{
    for (uint32_t i = 0; i < group->count; i++) {
        put(group->port, i);
        if ((group->free >> i & 1) == 0 && get(group->port + 1U) != group->values[i]) {
            return false;
        }
    }
    return true;
}

static bool attributes_are_text(void)
{
    bool are_text = true;

    for (uint32_t i = 0; i < ATTRIBUTES; i++) {
        get(STATUS);
        put(ATTRIBUTE, i);
        are_text = are_text && get(ATTRIBUTE_READ) == attributes[i];
    }
    get(STATUS);
    put(ATTRIBUTE, PICTURE_ON);
    return are_text;
}

bool vga_is_text(void)
{
    bool is_text = get(MISCELLANEOUS_READ) == COLOUR_80;

    for (uint32_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        is_text = is_text && group_is_text(&groups[i]);
    }
    return is_text && attributes_are_text();
}

/* Two bits a colour: a strong one, and a weak one three places above it. */
static uint32_t part_of(uint32_t colour, uint32_t bit)
{
    return (colour >> bit & 1) * 0x2a + (colour >> (bit + 3) & 1) * 0x15;
}

void vga_colours(void)
{
    put(DAC_MASK, 0xff);
    put(DAC_INDEX, 0);
    for (uint32_t i = 0; i < COLOURS; i++) {
        for (uint32_t bit = 3; bit-- > 0;) {
            put(DAC_DATA, part_of(i, bit));
        }
    }
}

void vga_text(void)
{
    put(MISCELLANEOUS, COLOUR_80);
    put(0x3d4, CRTC_PROTECT);
    put(0x3d5, 0); /* the first registers can be written */
    for (uint32_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        for (uint32_t at = 0; at < groups[i].count; at++) {
            put(groups[i].port, at);
            put(groups[i].port + 1U, groups[i].values[at]);
        }
    }
    get(STATUS);
    for (uint32_t i = 0; i < ATTRIBUTES; i++) {
        put(ATTRIBUTE, i);
        put(ATTRIBUTE, attributes[i]);
    }
    put(ATTRIBUTE, PICTURE_ON);
    vga_colours();
}
