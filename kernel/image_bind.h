/* SPDX-License-Identifier: MIT */
#pragma once

/* Between the two files that bind a loaded image: what is read of it comes from its frames, which
 * nobody but the kernel can reach yet, and every address is checked against its segments. */

#include <stdbool.h>
#include <stdint.h>

#include "image.h"

struct bind {
    struct kernel *kernel;
    struct image *image;
    struct process *target;
    const struct relocation_types *types;
};

/* Copies bytes of the image. False: they do not lie in a readable segment. */
bool bind_read(const struct bind *bind, uint64_t at, void *to, uint64_t size);

/* Finds the tables that the dynamic section names. 0 or TR_E_NOEXEC. */
int64_t bind_find_tables(const struct bind *bind);

/* How the format calls a table, and the size of its entries. */
const char *bind_table_name(enum image_table table);
uint64_t bind_entry_size(enum image_table table);
