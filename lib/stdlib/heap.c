/* SPDX-License-Identifier: MIT */
/* malloc and its family.
 *
 * Every block lies in a page that begins with a `struct slab`: a small block in one of the page's
 * equal slots, a large one right behind the record in pages of its own. So the record of a block is
 * found by clearing the low bits of its address, and nothing of the heap's stands beside the
 * program's bytes: 16 unused bytes behind every block stay forbidden to all under a memory checker.
 * The layout is the same with and without one.
 *
 * Invariants: 1. a slab in `partial[c]` has a free slot of class c, all others with slots are full.
 * 2. a slot is taken if and only if its bit in `taken` is set. */

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

#include "stdlib/heap.h"
#include "stdlib/slab.h"
#include "tool/heap_tool.h"

#define REGION_PAGES 4 /* pages taken at a time for small blocks */
#define CLASSES      (sizeof heap_class_sizes / sizeof heap_class_sizes[0])

const uint16_t heap_class_sizes[12] = {32, 48, 64, 96, 128, 192, 256, 384, 512, 736, 928, 1232};

static struct {
    uint32_t lock;
    bool is_begun;
    struct slab *all;
    struct slab *partial[CLASSES];
    struct slab *empty;    /* pages without any block */
    unsigned char *region; /* pages not yet used … */
    uint64_t region_pages; /* … and how many */
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

static void *pages_allocate(uint64_t pages)
{
    int64_t va = tr_memory_allocate(pages, 0, TR_READ | TR_WRITE);

    return va < 0 ? NULL : (void *)va;
}

static void list_push(struct slab **list, struct slab *slab)
{
    slab->previous = NULL;
    slab->next = *list;
    if (*list != NULL) {
        (*list)->previous = slab;
    }
    *list = slab;
}

static void list_remove(struct slab **list, struct slab *slab)
{
    if (slab->previous != NULL) {
        slab->previous->next = slab->next;
    } else {
        *list = slab->next;
    }
    if (slab->next != NULL) {
        slab->next->previous = slab->previous;
    }
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

/* A page whose record is readable and whose other bytes are hidden. */
static struct slab *page_take(void)
{
    struct slab *slab = heap.empty;

    if (slab != NULL) {
        list_remove(&heap.empty, slab);
        return slab;
    }
    if (heap.region_pages == 0) {
        heap.region = pages_allocate(REGION_PAGES);
        if (heap.region == NULL) {
            return NULL;
        }
        heap.region_pages = REGION_PAGES;
        heap_tool_hide(heap.region, REGION_PAGES * TR_PAGE_SIZE);
    }
    slab = (struct slab *)heap.region;
    heap.region += TR_PAGE_SIZE;
    heap.region_pages--;
    heap_tool_show(slab, sizeof *slab);
    return slab;
}

static struct slab *slab_make(size_t class)
{
    struct slab *slab = page_take();

    if (slab == NULL) {
        return NULL;
    }
    memset(slab, 0, sizeof *slab);
    slab->class = (uint16_t) class;
    slab->slots = (uint16_t)((TR_PAGE_SIZE - SLAB_BYTES) / heap_class_sizes[class]);
    slab->free_slots = slab->slots;
    list_push(&heap.partial[class], slab);
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
    return (struct slab *)((uintptr_t)block & ~(uintptr_t)(TR_PAGE_SIZE - 1));
}

static void *small_allocate(size_t size)
{
    size_t class = 0;

    while (heap_class_sizes[class] < size + GAP_BYTES) {
        class ++;
    }
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
        list_remove(&heap.partial[class], slab);
    }
    return slab_slot(slab, slot);
}

static void small_free(struct slab *slab, void *block)
{
    size_t slot = slot_of(slab, block);

    slab->taken[slot / 64] &= ~(UINT64_C(1) << slot % 64);
    if (slab->free_slots++ == 0) {
        list_push(&heap.partial[slab->class], slab);
    }
    if (slab->free_slots == slab->slots) {
        list_remove(&heap.partial[slab->class], slab);
        all_remove(slab);
        list_push(&heap.empty, slab);
    }
}

static void *large_allocate(size_t size)
{
    uint64_t pages = (SLAB_BYTES + size + GAP_BYTES + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
    struct slab *slab = pages_allocate(pages);

    if (slab == NULL) {
        return NULL;
    }
    slab->pages = pages;
    slab->size = size;
    all_push(slab);
    heap_tool_hide(slab + 1, pages * TR_PAGE_SIZE - sizeof *slab);
    return (unsigned char *)slab + SLAB_BYTES;
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
        return slab->pages * TR_PAGE_SIZE - SLAB_BYTES - GAP_BYTES;
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
    size_t offset = (uintptr_t)block % TR_PAGE_SIZE;

    if (slab->pages != 0 || offset < SLAB_BYTES) {
        return offset == SLAB_BYTES;
    }
    size_t slot = slot_of(slab, block);
    return slot < slab->slots && (offset - SLAB_BYTES) % heap_class_sizes[slab->class] == 0 &&
           (slab->taken[slot / 64] >> slot % 64 & 1) != 0;
}

void *malloc(size_t size)
{
    void *block = NULL;

    if (size <= PTRDIFF_MAX - TR_PAGE_SIZE) {
        heap_lock();
        block = size + GAP_BYTES <= heap_class_sizes[CLASSES - 1] ? small_allocate(size)
                                                                  : large_allocate(size);
        heap_unlock();
    }
    if (block != NULL) {
        heap_tool_taken(block, size);
    }
    return block;
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
        tr_memory_release((uintptr_t)slab, slab->pages);
    } else {
        small_free(slab, block);
    }
    heap_unlock();
}

void *reallocarray(void *block, size_t count, size_t size)
{
    size_t bytes;

    return __builtin_mul_overflow(count, size, &bytes) ? NULL : realloc(block, bytes);
}

void *calloc(size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) {
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
