/* SPDX-License-Identifier: MIT */
/* The window at 0xa0000: which part of the display's memory it shows, and copying. A byte that a
 * program wrote is one that differs from what was shown last; only those go to the display's
 * memory, where programs write through the linear frame buffer at the same time. */

#include <string.h>

#include "vga.h"

enum { MAP_MASK = 2, MEMORY_MODE = 4, MISCELLANEOUS = 6, CHAIN4 = 8 };

static uint8_t *backing_of(struct vga *vga)
{
    const struct vbe *vbe = &vga->vbe;
    uint32_t mask = vga->groups[VGA_SEQUENCER][MAP_MASK] & 15U;
    if (vbe_is_on(vbe)) {
        bool is_linear = (vbe->registers[VBE_ENABLE] & VBE_ENABLE_LINEAR) != 0;
        return is_linear ? NULL
                         : vga->memory.view + (size_t)vbe->registers[VBE_BANK] * VGA_WINDOW_SIZE;
    }
    if ((vga->groups[VGA_GRAPHICS][MISCELLANEOUS] >> 2 & 3) > 1) {
        return NULL; /* display memory is at 0xb0000 or 0xb8000 */
    }
    if ((vga->groups[VGA_SEQUENCER][MEMORY_MODE] & CHAIN4) != 0) {
        return vga->memory.view;
    }
    return mask == 0 ? NULL : vga->planes[__builtin_ctz(mask)];
}

void vga_window_sync(struct vga *vga)
{
    if (vga->backing == NULL || memcmp(vga->low, vga->shown, VGA_WINDOW_SIZE) == 0) {
        return;
    }
    for (size_t i = 0; i < VGA_WINDOW_SIZE; i++) {
        if (vga->low[i] != vga->shown[i]) {
            vga->shown[i] = vga->backing[i] = vga->low[i];
        }
    }
}

void vga_window_update(struct vga *vga)
{
    uint8_t *backing = backing_of(vga);
    if (backing == vga->backing) {
        return;
    }
    vga_window_sync(vga);
    vga->backing = backing;
    if (backing != NULL) {
        memcpy(vga->shown, backing, VGA_WINDOW_SIZE);
        memcpy(vga->low, vga->shown, VGA_WINDOW_SIZE);
    }
}
