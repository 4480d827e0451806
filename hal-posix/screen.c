/* SPDX-License-Identifier: MIT */
/* Pictures of the screen. */

#include "screen.h"

#include <stdlib.h>
#include <string.h>

#include "devices/vga.h"
#include "machine.h"
#include "picture.h"

static uint32_t *picture_make(struct machine *machine, struct vga_size *size)
{
    uint32_t *pixels = malloc(VGA_PIXELS_MOST * sizeof *pixels);
    if (pixels == NULL) {
        host_fatal("no memory for a picture of the screen");
    }
    *size = vga_draw(machine->vga, timeline_now(machine), pixels);
    return pixels;
}

bool screen_shot(struct machine *machine, const char *path)
{
    struct vga_size size;
    uint32_t *pixels = picture_make(machine, &size);
    const char *why = picture_write(path, pixels, size.width, size.height);
    free(pixels);
    if (why != NULL) {
        host_warn(machine, "%s: the picture cannot be written: %s", path, why);
    }
    return why == NULL;
}

bool posix_machine_picture(struct machine *machine, uint32_t *pixels, size_t most, uint32_t *width,
                           uint32_t *height)
{
    struct vga_size size = {0, 0};
    if (machine->vga == NULL) {
        return false;
    }
    uint32_t *all = picture_make(machine, &size);
    size_t count = (size_t)size.width * size.height;
    memcpy(pixels, all, (count < most ? count : most) * sizeof *pixels);
    free(all);
    *width = size.width;
    *height = size.height;
    return true;
}
