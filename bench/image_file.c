/* SPDX-License-Identifier: MIT */
/* A disk image. */

#include "image_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

int image_file_make(char path[IMAGE_FILE_PATH])
{
    static char bytes[65536];

    snprintf(path, IMAGE_FILE_PATH, "/tmp/terrarium-bench-XXXXXX");
    int file = mkstemp(path);
    bench_must(file >= 0, path);
    for (uint64_t done = 0; done < IMAGE_FILE_SIZE; done += sizeof bytes) {
        memset(bytes, (int)(done / sizeof bytes), sizeof bytes);
        bench_must(write(file, bytes, sizeof bytes) == (ssize_t)sizeof bytes, path);
    }
    return file;
}
