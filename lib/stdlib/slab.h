/* SPDX-License-Identifier: MIT */
#pragma once

/* How the heap lies in memory; for heap.c, and for heap_leak.c, which reads it. */

#include <stddef.h>
#include <stdint.h>
#include <terrarium/types.h>

#define GAP_BYTES  16 /* forbidden bytes before and behind a block */
#define SLOTS_MOST 128

/* The record at the begin of a page with slots, or of the pages of a large block. */
struct slab {
    struct slab *next, *previous;         /* in the list of partial or of empty ones */
    struct slab *all_next, *all_previous; /* in the list of those with blocks */
    uint64_t pages;                       /* of a large block; 0: a page of slots */
    uint64_t size;                        /* of a large block: the bytes asked for */
    uint16_t class, slots, free_slots;
    uint16_t offset; /* of a large block: where it begins */
    uint64_t taken[SLOTS_MOST / 64];
    uint64_t reached[SLOTS_MOST / 64];  /* by the search for leaks … */
    uint64_t searched[SLOTS_MOST / 64]; /* … and their own words too */
    uint16_t sizes[SLOTS_MOST];         /* the bytes asked for, slot by slot */
};

/* Where the blocks of a slab begin. */
#define SLAB_BYTES ((sizeof(struct slab) + GAP_BYTES + 15) & ~(size_t)15)
_Static_assert((TR_PAGE_SIZE - SLAB_BYTES) / 32 <= SLOTS_MOST, "a bit for each slot");
#define SLOT_ALIGNMENT 128
_Static_assert(SLAB_BYTES % SLOT_ALIGNMENT == 0, "aligned slots");
_Static_assert((TR_PAGE_SIZE - SLAB_BYTES) / 1232 == 3, "three of the largest class fit");

extern const uint16_t heap_class_sizes[12];

static inline unsigned char *slab_slot(const struct slab *slab, size_t slot)
{
    return (unsigned char *)slab + SLAB_BYTES + slot * heap_class_sizes[slab->class];
}

/* Tells the memory checker of every block that the program has no pointer to any more. */
void heap_leaks_tell(struct slab *all);
