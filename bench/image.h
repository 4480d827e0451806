/* SPDX-License-Identifier: MIT */
#pragma once

/* The guest programs' files. */

#include <stddef.h>
#include <stdint.h>

struct bench_image {
    const char *name; /* of the file in the build's programs/ */
    void *bytes;
    size_t size;
    uint64_t memory; /* bytes of whole pages that its segments take when loaded */
};

/* Reads it once; later the same. */
const struct bench_image *image_get(const char *name);
