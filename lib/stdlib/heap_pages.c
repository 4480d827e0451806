/* SPDX-License-Identifier: MIT */
/* The pages of the heap: where they come from, and when they go back to the kernel.
 *
 * A page without blocks is kept for the next one that is needed, as each call of the kernel costs
 * more than a hundred of malloc. When EMPTY_MOST of them have gathered, all but EMPTY_LEAST go
 * back; so a program that takes and gives at any number of blocks makes no calls, and what a peak
 * has taken falls after it. */

#include "stdlib/heap_pages.h"

#include <stdint.h>
#include <terrarium.h>

#include "tool/heap_tool.h"

#define REGION_PAGES 4 /* taken at a time for small blocks */
#define EMPTY_MOST   64
#define EMPTY_LEAST  16

static struct {
    struct slab *empty; /* pages without any block, the last emptied first */
    uint64_t empty_count;
    unsigned char *region; /* pages not yet used … */
    uint64_t region_pages; /* … and how many */
} pages;

void heap_list_push(struct slab **list, struct slab *slab)
{
    slab->previous = NULL;
    slab->next = *list;
    if (*list != NULL) {
        (*list)->previous = slab;
    }
    *list = slab;
}

void heap_list_remove(struct slab **list, struct slab *slab)
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

static struct slab *empty_take(void)
{
    struct slab *slab = pages.empty;

    heap_list_remove(&pages.empty, slab);
    pages.empty_count--;
    return slab;
}

/* Gives all but `kept` of the empty pages back, neighbours in one call. */
static void empty_release(uint64_t kept)
{
    while (pages.empty_count > kept) {
        uintptr_t sorted[EMPTY_MOST];
        uint64_t count = 0, first = 0;

        while (pages.empty_count > kept && count < EMPTY_MOST) {
            uintptr_t va = (uintptr_t)empty_take();
            uint64_t at = count++;
            for (; at > 0 && sorted[at - 1] > va; at--) {
                sorted[at] = sorted[at - 1];
            }
            sorted[at] = va;
        }
        for (uint64_t i = 1; i <= count; i++) {
            if (i == count || sorted[i] != sorted[i - 1] + TR_PAGE_SIZE) {
                tr_memory_release(sorted[first], i - first);
                first = i;
            }
        }
    }
}

/* Everything that holds no block. */
static void all_release(void)
{
    empty_release(0);
    if (pages.region_pages > 0) {
        tr_memory_release((uintptr_t)pages.region, pages.region_pages);
        pages.region_pages = 0;
    }
}

void *heap_pages_take(uint64_t count)
{
    int64_t va = tr_memory_allocate(count, 0, TR_READ | TR_WRITE);

    if (va < 0 && (pages.empty_count > 0 || pages.region_pages > 0)) {
        all_release();
        va = tr_memory_allocate(count, 0, TR_READ | TR_WRITE);
    }
    return va < 0 ? NULL : (void *)va;
}

void heap_pages_give(void *memory, uint64_t count)
{
    if (count > 0) {
        tr_memory_release((uintptr_t)memory, count);
    }
}

struct slab *heap_page_take(void)
{
    if (pages.empty != NULL) {
        return empty_take();
    }
    if (pages.region_pages == 0) {
        uint64_t count = REGION_PAGES;
        pages.region = heap_pages_take(count);
        if (pages.region == NULL) { /* the last page of all is one, too */
            count = 1;
            pages.region = heap_pages_take(count);
        }
        if (pages.region == NULL) {
            return NULL;
        }
        pages.region_pages = count;
        heap_tool_hide(pages.region, count * TR_PAGE_SIZE);
    }
    struct slab *slab = (struct slab *)pages.region;
    pages.region += TR_PAGE_SIZE;
    pages.region_pages--;
    heap_tool_show(slab, sizeof *slab);
    return slab;
}

void heap_page_give(struct slab *slab)
{
    heap_list_push(&pages.empty, slab);
    if (++pages.empty_count == EMPTY_MOST) {
        empty_release(EMPTY_LEAST);
    }
}
