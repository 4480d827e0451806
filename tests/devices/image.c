/* SPDX-License-Identifier: MIT */
/* Image files. */

#include "image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    abort();
}

void image_make(char path[IMAGE_PATH], uint32_t sectors, uint32_t sector_size)
{
    uint32_t words = sector_size / 4;
    uint32_t *sector = malloc(sector_size);
    snprintf(path, IMAGE_PATH, "/tmp/terrarium-image-XXXXXX");
    int file = mkstemp(path);
    FILE *stream = file < 0 ? NULL : fdopen(file, "wb");
    if (stream == NULL || sector == NULL) {
        fail(path);
    }
    for (uint32_t n = 0; n < sectors; n++) {
        for (uint32_t i = 0; i < words; i++) {
            sector[i] = n;
        }
        if (fwrite(sector, sector_size, 1, stream) != 1) {
            fail(path);
        }
    }
    if (fclose(stream) != 0) {
        fail(path);
    }
    free(sector);
}

void image_remove(const char *path)
{
    if (unlink(path) != 0) {
        fail(path);
    }
}

bool image_is_sector(const void *bytes, uint32_t number, uint32_t sector_size)
{
    for (uint32_t i = 0; i < sector_size; i += 4) {
        uint32_t word;
        memcpy(&word, (const char *)bytes + i, 4);
        if (word != number) {
            return false;
        }
    }
    return true;
}

void image_read(const char *path, uint32_t number, uint32_t sector_size, void *bytes)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL || fseek(stream, (long)number * (long)sector_size, SEEK_SET) != 0 ||
        fread(bytes, sector_size, 1, stream) != 1) {
        fail(path);
    }
    fclose(stream);
}
