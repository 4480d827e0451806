/* SPDX-License-Identifier: MIT */
/* The host reads an image file, a piece by each call, from its page cache. */

#include <stdlib.h>
#include <unistd.h>

#include "image_file.h"
#include "measure.h"
#include "unit.h"

#define PIECES 8

struct reader {
    int file;
    size_t size;
    uint64_t next;
    char *bytes;
};

static void *open_read(uint64_t size)
{
    char path[IMAGE_FILE_PATH];
    struct reader *reader = malloc(sizeof *reader);

    bench_must(reader != NULL, "malloc");
    *reader = (struct reader){.size = size, .file = image_file_make(path), .bytes = malloc(size)};
    bench_must(reader->bytes != NULL && unlink(path) == 0, path);
    return reader;
}

static double batch(void *state)
{
    struct reader *reader = state;

    double start = measure_now();
    for (int i = 0; i < PIECES; i++) {
        reader->next = reader->next + reader->size <= IMAGE_FILE_SIZE ? reader->next : 0;
        ssize_t done = pread(reader->file, reader->bytes, reader->size, (off_t)reader->next);
        bench_must(done == (ssize_t)reader->size, "pread");
        reader->next += reader->size;
    }
    return (measure_now() - start) / PIECES;
}

static void close_read(void *state)
{
    struct reader *reader = state;

    (void)close(reader->file);
    free(reader->bytes);
    free(reader);
}

const struct source host_read = {open_read, batch, close_read, PIECES};
