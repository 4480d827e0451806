/* SPDX-License-Identifier: MIT */
/* The characters of text modes. A VGA BIOS has them in its ROM and puts them into the font plane
 * when it sets a text mode; before it was run, or without one, that is done here. */

#include <string.h>

#include "font.h"
#include "vga.h"

#define CHARACTER_BYTES 16
#define CHARACTERS      256
#define SLOT_BYTES      32

/* Everybody's 8 × 16 font begins with an empty character and a face, and its blank is empty. */
const uint8_t *vga_font_find(const uint8_t *rom, size_t size)
{
    static const uint8_t face[] = {0, 0, 0x7e, 0x81, 0xa5, 0x81, 0x81, 0xbd};
    static const uint8_t empty[CHARACTER_BYTES];
    for (size_t i = 0; i + CHARACTERS * CHARACTER_BYTES <= size; i++) {
        const uint8_t *at = rom + i;
        if (memcmp(at + CHARACTER_BYTES, face, sizeof face) == 0 &&
            memcmp(at, empty, sizeof empty) == 0 &&
            memcmp(at + ' ' * CHARACTER_BYTES, empty, sizeof empty) == 0) {
            return at;
        }
    }
    return NULL;
}

void vga_font_load(struct vga *vga, const uint8_t *characters)
{
    uint8_t *plane = vga->planes[VGA_FONT_PLANE];
    for (size_t i = 0; i < CHARACTERS; i++) {
        if (characters != NULL) {
            memcpy(plane + i * SLOT_BYTES, characters + i * CHARACTER_BYTES, CHARACTER_BYTES);
        } else {
            font_character((uint8_t)i, plane + i * SLOT_BYTES);
        }
    }
}
