/* SPDX-License-Identifier: MIT */
/* malloc and its family.
 *
 * Every block lies in a page that begins with a `struct slab`: a small block in one of the page's
 * equal slots, a large one behind the record in pages of its own. So the record of a block is
 * found by clearing the low bits of its address (one that lies at the begin of a page has its
 * record in the page before), and nothing of the heap's stands beside the program's bytes: 16
 * unused bytes behind every block stay forbidden to all under a memory checker. The layout is the
 * same with and without one.
 *
 * Invariants: 1. a slab in `partial[c]` has a free slot of class c, all others with slots are full.
 * 2. a slot is taken if and only if its bit in `taken` is set. */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

#include "stdlib/heap.h"
#include "stdlib/heap_pages.h"
#include "stdlib/slab.h"
#include "tool/heap_tool.h"

#define ALIGNMENT_MOST (UINT64_C(1) << 30)
#define CLASSES        (sizeof heap_class_sizes / sizeof heap_class_sizes[0])

const uint16_t heap_class_sizes[12] = {32, 48, 64, 96, 128, 192, 256, 384, 512, 736, 928, 1232};

static struct {
    uint32_t lock;
    bool is_begun;
    struct slab *all;
    struct slab *partial[CLASSES];
} heap;

static void heap_lock(void)
{
    while (__atomic_exchange_n(&heap.lock, 1, __ATOMIC_ACQUIRE) != 0) {
        tr_thread_yield();
    }
    if (!heap.is_begun) {
        heap.is_begun = true;
        heap_tool_begin();
    }
}

static void heap_unlock(void)
{
    __atomic_store_n(&heap.lock, 0, __ATOMIC_RELEASE);
}

static void all_push(struct slab *slab)
{
    slab->all_previous = NULL;
    slab->all_next = heap.all;
    if (heap.all != NULL) {
        heap.all->all_previous = slab;
    }
    heap.all = slab;
}

static void all_remove(struct slab *slab)
{
    if (slab->all_previous != NULL) {
        slab->all_previous->all_next = slab->all_next;
    } else {
        heap.all = slab->all_next;
    }
    if (slab->all_next != NULL) {
        slab->all_next->all_previous = slab->all_previous;
    }
}

static struct slab *slab_make(size_t class)
{
    struct slab *slab = heap_page_take();

    if (slab == NULL) {
        return NULL;
    }
    memset(slab, 0, sizeof *slab);
    slab->class = (uint16_t) class;
    slab->slots = (uint16_t)((TR_PAGE_SIZE - SLAB_BYTES) / heap_class_sizes[class]);
    slab->free_slots = slab->slots;
    heap_list_push(&heap.partial[class], slab);
    all_push(slab);
    return slab;
}

static size_t slot_of(const struct slab *slab, const void *block)
{
    size_t offset = (size_t)((const unsigned char *)block - (const unsigned char *)slab);

    return (offset - SLAB_BYTES) / heap_class_sizes[slab->class];
}

static struct slab *slab_of(const void *block)
{
    return (struct slab *)(((uintptr_t)block - 1) & ~(uintptr_t)(TR_PAGE_SIZE - 1));
}

/* The first class for a block of this size whose slots all lie at multiples of the alignment;
 * CLASSES: none. The first slot lies at a multiple of SLOT_ALIGNMENT. */
static size_t class_find(size_t size, size_t alignment)
{
    size_t class = 0;

    while (class < CLASSES && (heap_class_sizes[class] < size + GAP_BYTES ||
                               (heap_class_sizes[class] & (alignment - 1)) != 0)) {
        class ++;
    }
    return alignment <= SLOT_ALIGNMENT ? class : CLASSES;
}

static void *small_allocate(size_t class, size_t size)
{
    struct slab *slab = heap.partial[class];
    if (slab == NULL && (slab = slab_make(class)) == NULL) {
        return NULL;
    }
    size_t word = 0;
    while (slab->taken[word] == UINT64_MAX) {
        word++;
    }
    size_t bit = (size_t)__builtin_ctzll(~slab->taken[word]);
    size_t slot = word * 64 + bit;
    slab->taken[word] |= UINT64_C(1) << bit;
    slab->sizes[slot] = (uint16_t)size;
    if (--slab->free_slots == 0) {
        heap_list_remove(&heap.partial[class], slab);
    }
    return slab_slot(slab, slot);
}

static void small_free(struct slab *slab, void *block)
{
    size_t slot = slot_of(slab, block);

    slab->taken[slot / 64] &= ~(UINT64_C(1) << slot % 64);
    if (slab->free_slots++ == 0) {
        heap_list_push(&heap.partial[slab->class], slab);
    }
    if (slab->free_slots == slab->slots) {
        heap_list_remove(&heap.partial[slab->class], slab);
        all_remove(slab);
        heap_page_give(slab);
    }
}

/* A block with pages of its own. One with the alignment of a page or more has its record alone in
 * the page before; what was taken to find such a place goes back. */
static void *large_allocate(size_t size, size_t alignment)
{
    size_t offset = (SLAB_BYTES + alignment - 1) & ~(alignment - 1);
    if (alignment > TR_PAGE_SIZE / 2) {
        offset = TR_PAGE_SIZE;
    }
    uint64_t pages = (offset + size + GAP_BYTES + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
    uint64_t spare = alignment > TR_PAGE_SIZE ? alignment / TR_PAGE_SIZE - 1 : 0;
    unsigned char *memory = heap_pages_take(pages + spare);
    if (memory == NULL) {
        return NULL;
    }
    uint64_t before = (-((uintptr_t)memory + offset) & (alignment - 1)) / TR_PAGE_SIZE;
    heap_pages_give(memory, before);
    memory += before * TR_PAGE_SIZE;
    heap_pages_give(memory + pages * TR_PAGE_SIZE, spare - before);
    struct slab *slab = (struct slab *)memory;
    slab->pages = pages;
    slab->size = size;
    slab->offset = (uint16_t)offset;
    all_push(slab);
    heap_tool_hide(slab + 1, pages * TR_PAGE_SIZE - sizeof *slab);
    return memory + offset;
}

static size_t block_size(const void *block)
{
    const struct slab *slab = slab_of(block);

    return slab->pages != 0 ? slab->size : slab->sizes[slot_of(slab, block)];
}

/* The bytes a block may grow to where it is. */
static size_t block_room(const void *block)
{
    const struct slab *slab = slab_of(block);

    if (slab->pages != 0) {
        return slab->pages * TR_PAGE_SIZE - slab->offset - GAP_BYTES;
    }
    return heap_class_sizes[slab->class] - (size_t)GAP_BYTES;
}

static void block_resize(void *block, size_t size)
{
    struct slab *slab = slab_of(block);
    size_t old = block_size(block);

    if (slab->pages != 0) {
        slab->size = size;
    } else {
        slab->sizes[slot_of(slab, block)] = (uint16_t)size;
    }
    heap_tool_resized(block, old, size);
}

/* True if `block` is what malloc gave out and free has not taken back. */
static bool block_is_taken(const void *block)
{
    const struct slab *slab = slab_of(block);
    size_t offset = (size_t)((const unsigned char *)block - (const unsigned char *)slab);

    if (slab->pages != 0 || offset < SLAB_BYTES || offset == TR_PAGE_SIZE) {
        return slab->pages != 0 && offset == slab->offset;
    }
    size_t slot = slot_of(slab, block);
    return slot < slab->slots && (offset - SLAB_BYTES) % heap_class_sizes[slab->class] == 0 &&
           (slab->taken[slot / 64] >> slot % 64 & 1) != 0;
}

static void *allocate(size_t size, size_t alignment)
{
    void *block = NULL;

    if (size <= PTRDIFF_MAX - TR_PAGE_SIZE && alignment <= ALIGNMENT_MOST) {
        size_t class = class_find(size, alignment);
        heap_lock();
        block = class < CLASSES ? small_allocate(class, size) : large_allocate(size, alignment);
        heap_unlock();
    }
    if (block != NULL) {
        heap_tool_taken(block, size);
    } else {
        errno = ENOMEM;
    }
    return block;
}

void *malloc(size_t size)
{
    return allocate(size, GAP_BYTES);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        errno = EINVAL;
        return NULL;
    }
    return allocate(size, alignment < GAP_BYTES ? GAP_BYTES : alignment);
}

void free(void *block)
{
    if (block == NULL) {
        return;
    }
    heap_tool_freed(block);
    heap_lock();
    struct slab *slab = slab_of(block);
    if (!block_is_taken(block)) {
        static const char text[] = "free: this is no block of the heap, or it was freed before";
        tr_log(text, sizeof text - 1);
        abort();
    }
    if (slab->pages != 0) {
        all_remove(slab);
        heap_pages_give(slab, slab->pages);
    } else {
        small_free(slab, block);
    }
    heap_unlock();
}

void *reallocarray(void *block, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(block, bytes);
}

void *calloc(size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    void *block = malloc(bytes);
    if (block != NULL) {
        memset(block, 0, bytes);
    }
    return block;
}

void *realloc(void *block, size_t size)
{
    if (block == NULL) {
        return malloc(size);
    }
    size_t old = block_size(block);
    size_t room = block_room(block);
    if (size <= room && (size >= room / 2 || room < 64)) {
        block_resize(block, size);
        return block;
    }
    void *moved = malloc(size);
    if (moved != NULL) {
        memcpy(moved, block, old < size ? old : size);
        free(block);
    }
    return moved;
}

void heap_report(void)
{
    if (heap.is_begun) {
        if (heap_tool_is_watched()) {
            heap_leaks_tell(heap.all);
        }
        heap_tool_end();
    }
}
