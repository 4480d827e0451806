/* SPDX-License-Identifier: MIT */
#pragma once

/* A VGA (IBM PS/2 Video Subsystem Technical Reference; the register names are its) with the Bochs
 * display interface (vbe.h), as function 0 of PCI slot 2, 1234:1111. Its frame buffer lies behind
 * base address 0; its ROM, if there is one, at 0xc0000 and behind the expansion ROM register.
 * After creation it is as firmware leaves it: text of 80 × 25 cells with the ROM's characters.
 *
 * vga.c has ports and life, vga_window.c the memory at 0xa0000, vga_draw.c makes the picture.
 *
 * SIM: memory is memory, no access to it is seen. The window at 0xa0000 shows one plane or bank at
 * a time and is copied when a register chooses another; there are no latches, so write modes, the
 * bit mask and several planes at once do nothing. Text lies at 0xb8000 whatever the registers say.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal-posix/bus.h"
#include "hal-posix/region.h"
#include "pci.h"
#include "vbe.h"

struct machine;

#define VGA_MEMORY      (UINT32_C(16) << 20)
#define VGA_PLANE       UINT32_C(0x10000)
#define VGA_PLANES      4
#define VGA_WINDOW      UINT32_C(0xa0000)
#define VGA_WINDOW_SIZE UINT32_C(0x10000)
#define VGA_TEXT        UINT32_C(0xb8000)
#define VGA_TEXT_SIZE   UINT32_C(0x8000)
#define VGA_ROM         UINT32_C(0xc0000)
#define VGA_ROM_SIZE    UINT32_C(0x10000)
#define VGA_FONT_PLANE  2

enum vga_group { VGA_SEQUENCER, VGA_CRTC, VGA_GRAPHICS, VGA_GROUPS };
#define VGA_REGISTERS  25
#define VGA_ATTRIBUTES 21

struct vga_dac {
    uint8_t mask, index, component; /* component: 0 red to 2 blue, of the colour at index */
    bool is_reading;
    uint8_t colours[256][3];
};

struct vga {
    struct bus_range colour_ports, mono_ports;
    struct pci_function function;
    struct region memory, rom;
    struct vbe vbe;

    /* What a display's thread looks at is changed under the lock. */
    pthread_mutex_t lock;
    uint8_t miscellaneous;
    uint8_t index[VGA_GROUPS], groups[VGA_GROUPS][VGA_REGISTERS];
    uint8_t attribute_index, attributes[VGA_ATTRIBUTES];
    bool attribute_is_data; /* port 0x3c0 takes data next, not an index */
    struct vga_dac dac;

    uint8_t *low;                   /* the window at 0xa0000 */
    uint8_t *backing;               /* what it shows; NULL: nothing */
    uint8_t shown[VGA_WINDOW_SIZE]; /* its bytes when they were last the same as the backing's */
    uint8_t planes[VGA_PLANES][VGA_PLANE];
};

struct vga *vga_create(struct machine *machine);
void vga_destroy(struct machine *machine, struct vga *vga);

/* The size of the picture in pixels; never more than VGA_PIXELS_MOST. */
#define VGA_PIXELS_MOST (UINT32_C(2560) * 1600)
struct vga_size {
    uint32_t width, height;
};

/* Draws what a monitor shows now, 0x00RRGGBB a pixel, rows from the top. Takes the lock. `time`
 * is the machine's: what blinks does so by it. `pixels` has room for VGA_PIXELS_MOST. */
struct vga_size vga_draw(struct vga *vga, uint64_t time, uint32_t *pixels);

/* A text screen by its cells. */
#define VGA_CELLS_MOST 8192
struct vga_cell {
    uint8_t character; /* of code page 437, if it is the ROM's font */
    uint32_t front, back;
};
struct vga_text {
    uint32_t columns, rows;
    struct vga_cell cells[VGA_CELLS_MOST]; /* the cursor's have their colours swapped */
};

/* Describes the text that is shown now. Takes the lock. False: it is a picture, or dark. */
bool vga_text(struct vga *vga, uint64_t time, struct vga_text *text);

/* Registers may have chosen another part of memory for the window. With the lock held. */
void vga_window_update(struct vga *vga);
/* What was written into the window goes to where it belongs. With the lock held. */
void vga_window_sync(struct vga *vga);

/* The characters of the ROM, 256 of 16 bytes; NULL: it has none in this form. */
const uint8_t *vga_font_find(const uint8_t *rom, size_t size);
/* Fills the font plane with them, or with a small font of our own. */
void vga_font_load(struct vga *vga, const uint8_t *characters);
