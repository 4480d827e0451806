/* SPDX-License-Identifier: MIT */
/* ELF programs in the kit: a short-lived driver reads the image from the test's memory and spawns
 * it, as any program would. */

#include "kit_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct load {
    struct tr_kit *kit;
    struct tr_spawn spawn;
    int64_t result;
    bool done;
};

static int64_t loader(void *argument)
{
    struct load *load = argument;

    load->result = tr_process_spawn(&load->spawn);
    load->done = true;
    tr_kit_pause(load->kit);
    return 0;
}

static void *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        kit_fail("%s cannot be opened", path);
    }
    (void)fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    uint8_t *bytes = kit_memory(NULL, length > 0 ? (size_t)length : 1);
    *size = length > 0 ? fread(bytes, 1, (size_t)length, file) : 0;
    (void)fclose(file);
    return bytes;
}

static struct kit_image *image_of(struct tr_kit *kit, const char *path)
{
    struct kit_image *image = kit->images;

    while (image != NULL && strcmp(image->path, path) != 0) {
        image = image->next;
    }
    if (image == NULL) {
        size_t size;
        void *bytes = read_file(path, &size);
        image = kit_memory(NULL, sizeof *image);
        *image = (struct kit_image){
            .next = kit->images, .path = strdup(path), .bytes = bytes, .size = size};
        kit->images = image;
        posix_image_register(kit->machine, bytes, size);
    }
    return image;
}

void kit_images_free(struct tr_kit *kit)
{
    while (kit->images != NULL) {
        struct kit_image *image = kit->images;
        kit->images = image->next;
        free(image->path);
        free(image->bytes);
        free(image);
    }
}

int64_t tr_kit_program(struct tr_kit *kit, enum tr_class process_class, const char *name,
                       const char *elf_path, const char *argument)
{
    const struct kit_image *image = image_of(kit, elf_path);
    struct load load = {.kit = kit,
                        .spawn = {.image = image->bytes,
                                  .image_size = image->size,
                                  .name = name,
                                  .process_class = process_class,
                                  .argument = argument,
                                  .argument_size = argument != NULL ? strlen(argument) : 0}};

    (void)tr_kit_process(kit, TR_DRIVER, "loader", loader, &load);
    enum tr_kit_end end = tr_kit_run(kit);
    if (!load.done) {
        kit_fail("the machine ended (%d) before %s was spawned", (int)end, name);
    }
    return load.result;
}
