/* SPDX-License-Identifier: MIT */
/* Images of programs that tools should know. */

#include "image.h"

#include <stdlib.h>

#include "window.h"

struct image {
    struct image *next;
    const void *bytes;
    size_t size;
    const char *path;
};

void posix_image_register(struct machine *machine, const void *image, size_t size,
                          const char *path)
{
    struct image *entry = calloc(1, sizeof *entry);
    if (entry == NULL) {
        host_fatal("no memory for the list of images");
    }
    *entry = (struct image){machine->images, image, size, path};
    machine->images = entry;
}

void hal_space_image(struct machine *machine, struct hal_space *space, uint64_t va,
                     const char *name)
{
    (void)machine;
    (void)space;
    (void)va;
    (void)name;
}

void image_forget(struct machine *machine, struct window *window)
{
    (void)machine;
    (void)window;
}

void image_destroy_all(struct machine *machine)
{
    while (machine->images != NULL) {
        struct image *entry = machine->images;
        machine->images = entry->next;
        free(entry);
    }
}
