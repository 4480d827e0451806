/* SPDX-License-Identifier: MIT */
#pragma once

/* Where the heap has its pages from; for heap.c alone, which holds its lock. */

#include "stdlib/slab.h"

/* A page for slots; only its record may be touched. NULL: no memory. */
struct slab *heap_page_take(void);

/* Takes back a page whose slots are all free. It may go to the kernel, as may others. */
void heap_page_give(struct slab *slab);

/* Pages that follow each other, all zero. What lies empty is given back first if they cannot be had
 * otherwise. NULL: no memory. Any part of them may be given back. */
void *heap_pages_take(uint64_t count);
void heap_pages_give(void *memory, uint64_t count);

void heap_list_push(struct slab **list, struct slab *slab);
void heap_list_remove(struct slab **list, struct slab *slab);
