/* SPDX-License-Identifier: MIT */
/* Reads guest programs. */

#include "image.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

#include "unit.h"

#define IMAGES 8

static uint64_t memory_of(const char *bytes)
{
    const Elf64_Ehdr *header = (const void *)bytes;
    const Elf64_Phdr *segment = (const void *)(bytes + header->e_phoff);
    uint64_t sum = 0;

    for (int i = 0; i < header->e_phnum; i++) {
        if (segment[i].p_type == PT_LOAD) {
            uint64_t first = segment[i].p_vaddr / TR_PAGE_SIZE;
            uint64_t end = segment[i].p_vaddr + segment[i].p_memsz + TR_PAGE_SIZE - 1;
            sum += (end / TR_PAGE_SIZE - first) * TR_PAGE_SIZE;
        }
    }
    return sum;
}

static void image_read(struct bench_image *image)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/%s.elf", BENCH_PROGRAMS, image->name);
    FILE *file = fopen(path, "rb");
    bench_must(file != NULL && fseek(file, 0, SEEK_END) == 0, path);
    image->size = (size_t)ftell(file);
    rewind(file);
    image->bytes = malloc(image->size);
    bench_must(image->bytes != NULL, "malloc");
    bench_must(image->size > sizeof(Elf64_Ehdr) &&
                   fread(image->bytes, 1, image->size, file) == image->size,
               path);
    (void)fclose(file);
    image->memory = memory_of(image->bytes);
}

const struct bench_image *image_get(const char *name)
{
    static struct bench_image images[IMAGES];

    for (int i = 0; i < IMAGES; i++) {
        if (images[i].name == NULL) {
            images[i].name = name;
            image_read(&images[i]);
            return &images[i];
        }
        if (strcmp(images[i].name, name) == 0) {
            return &images[i];
        }
    }
    bench_fail("too many images", IMAGES);
}
