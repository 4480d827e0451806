/* SPDX-License-Identifier: MIT */
/* The host's mappings as a translation cache over the kernel's page tables. tlb_fill runs in the
 * signal handler of a missing page, tlb_drop in the kernel's entries; never both at a time.
 *
 * Data is mapped shared, text private, so that a debugger can put breakpoints into it. The number
 * of mappings is bounded: extents are counted by hand, and beyond the limit whole windows are
 * emptied, oldest first.
 *
 * SIM: hardware walks the tables by itself; here a missing page costs a host signal. */

#include "window.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "arch.h"
#include "region.h"
#include "tool.h"

#define FILL_PAGES 16
#define MAPS_USUAL UINT64_C(65530)

uint64_t tlb_limit(void)
{
    static _Atomic uint64_t limit;
    uint64_t maps = MAPS_USUAL;
    if (limit != 0) {
        return limit;
    }
    FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
    char line[32];
    if (file != NULL) {
        if (fgets(line, sizeof line, file) != NULL) {
            maps = strtoull(line, NULL, 10);
        }
        fclose(file);
    }
    limit = maps < 1024 ? 64 : maps / 4 * 3;
    return limit;
}

/* ---- The record of what is mapped ----------------------------------------------------------- */

/* The first extent that ends behind `page`. */
static uint32_t extent_at(const struct window *window, uint64_t page)
{
    uint32_t low = 0, high = window->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        const struct extent *extent = &window->extents[middle];
        if ((uint64_t)extent->page + extent->pages <= page) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void extents_open(struct machine *machine, struct window *window, uint32_t index)
{
    if (window->count == window->room) {
        uint32_t room =
            window->room == 0 ? (uint32_t)(PAGE / sizeof(struct extent)) : 2 * window->room;
        struct extent *extents = host_pages(room * sizeof *extents);
        if (window->extents != NULL) {
            memcpy(extents, window->extents, window->count * sizeof *extents);
            host_pages_free(window->extents, window->room * sizeof *extents);
        }
        window->extents = extents;
        window->room = room;
    }
    memmove(&window->extents[index + 1], &window->extents[index],
            (window->count - index) * sizeof *window->extents);
    window->count++;
    machine->extents++;
}

static void extents_close(struct machine *machine, struct window *window, uint32_t index,
                          uint32_t count)
{
    memmove(&window->extents[index], &window->extents[index + count],
            (window->count - index - count) * sizeof *window->extents);
    window->count -= count;
    machine->extents -= count;
}

/* Cuts the extent `index` so that none crosses the border before `page`. */
static void extent_split(struct machine *machine, struct window *window, uint32_t index,
                         uint64_t page)
{
    if (index >= window->count || window->extents[index].page >= page) {
        return;
    }
    extents_open(machine, window, index);
    struct extent *low = &window->extents[index], *high = low + 1;
    uint32_t pages = (uint32_t)page - low->page;
    high->page += pages;
    high->pages -= pages;
    high->frame += pages;
    low->pages = pages;
}

/* Forgets a range. Returns in *first and *end the hull of the pages that were mapped there. */
static bool extents_remove(struct machine *machine, struct window *window, uint64_t page,
                           uint64_t pages, uint64_t *first, uint64_t *end)
{
    uint32_t from = extent_at(window, page);
    if (from >= window->count || window->extents[from].page >= page + pages) {
        return false;
    }
    extent_split(machine, window, from, page);
    from = extent_at(window, page);
    uint32_t to = extent_at(window, page + pages);
    extent_split(machine, window, to, page + pages);
    to = extent_at(window, page + pages);
    *first = window->extents[from].page;
    *end = (uint64_t)window->extents[to - 1].page + window->extents[to - 1].pages;
    extents_close(machine, window, from, to - from);
    return true;
}

static bool extents_join(const struct extent *low, const struct extent *high)
{
    return low->page + low->pages == high->page && low->frame + low->pages == high->frame &&
           low->prot == high->prot;
}

static void extents_add(struct machine *machine, struct window *window, struct extent extent)
{
    uint32_t index = extent_at(window, extent.page);
    extents_open(machine, window, index);
    struct extent *here = &window->extents[index];
    *here = extent;
    if (index + 1 < window->count && extents_join(here, here + 1)) {
        here->pages += here[1].pages;
        extents_close(machine, window, index + 1, 1);
    }
    if (index > 0 && extents_join(here - 1, here)) {
        here[-1].pages += here->pages;
        extents_close(machine, window, index, 1);
    }
}

bool tlb_has(const struct window *window, uint64_t va, uint32_t access)
{
    uint64_t page = (va - window->base) / PAGE;
    uint32_t index = extent_at(window, page);
    return index < window->count && window->extents[index].page <= page &&
           (window->extents[index].prot & access) == access;
}

/* ---- Mapping -------------------------------------------------------------------------------- */

static void unmap(const struct window *window, uint64_t first, uint64_t end)
{
    if (munmap((void *)(uintptr_t)(window->base + first * PAGE), (end - first) * PAGE) != 0) {
        host_fatal("cannot unmap a window");
    }
}

void tlb_drop(struct machine *machine, struct window *window, uint64_t page, uint64_t pages)
{
    uint64_t first, end;
    struct tool_shadow shadow;
    if (extents_remove(machine, window, page, pages, &first, &end)) {
        tool_change_begin(&shadow, window->base + first * PAGE, end - first);
        unmap(window, first, end);
        tool_change_end(&shadow);
        tool_expect(window, window->base + first * PAGE, end - first);
    }
}

void tlb_end(struct machine *machine, struct window *window)
{
    uint64_t first, end;
    if (extents_remove(machine, window, 0, machine->window_size / PAGE, &first, &end)) {
        unmap(window, first, end);
    }
}

static void tlb_drop_all(struct machine *machine, struct window *window)
{
    tlb_drop(machine, window, 0, machine->window_size / PAGE);
    machine->statistics.evictions++;
}

/* Unmaps the device memory of a window. RAM stays: what is mapped of it is as true as before. */
static void drop_devices(struct machine *machine, struct window *window)
{
    uint32_t index = 0;
    while (index < window->count) {
        struct extent extent = window->extents[index];
        if (extent.frame >= machine->frames) {
            tlb_drop(machine, window, extent.page, extent.pages);
        } else {
            index++;
        }
    }
}

void tlb_forget(struct machine *machine)
{
    struct window *window = machine->window_list;
    while (window != NULL) {
        drop_devices(machine, window);
        window = window->next == machine->window_list ? NULL : window->next;
    }
}

void tlb_adopt(struct machine *machine, struct hal_space *space, uint64_t va, uint64_t pages)
{
    struct window *window = window_of(space);
    struct hal_mapping mapping;
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t page = (va - space->base) / PAGE + i, first, end;
        extents_remove(machine, window, page, 1, &first, &end);
        if (kernel_translate(machine->kernel, space, va + i * PAGE, HAL_EXECUTE, 1, &mapping)) {
            extents_add(machine, window,
                        (struct extent){.page = (uint32_t)page,
                                        .pages = 1,
                                        .prot = mapping.prot,
                                        .frame = mapping.frame});
        }
    }
}

/* Empties windows until there is room; the window that is being filled comes last. */
static void tlb_evict(struct machine *machine, struct window *keep)
{
    uint64_t wanted = machine->extents_most - machine->extents_most / 8;
    struct window *window = machine->evict_next, *stop = window;
    do {
        if (window != keep && window->count > 0) {
            tlb_drop_all(machine, window);
        }
        window = window->next;
    } while (window != stop && machine->extents > wanted);
    machine->evict_next = window;
    if (machine->extents > wanted) {
        tlb_drop_all(machine, keep);
    }
}

/* Leaves of the mapping what is not mapped yet around `va`, at least the page itself. */
static struct extent extent_wanted(const struct window *window, const struct hal_mapping *mapping,
                                   uint64_t va)
{
    uint64_t page = (va - window->base) / PAGE;
    uint64_t first = (mapping->va - window->base) / PAGE, end = first + mapping->pages;
    uint32_t index = extent_at(window, page);
    if (index > 0) {
        const struct extent *low = &window->extents[index - 1];
        first = low->page + low->pages > first ? low->page + low->pages : first;
    }
    if (index < window->count) {
        const struct extent *high = &window->extents[index];
        if (high->page <= page) {
            first = (mapping->va - window->base) / PAGE;
        } else if (high->page < end) {
            end = high->page;
        }
    }
    uint64_t skipped = first - (mapping->va - window->base) / PAGE;
    return (struct extent){.page = (uint32_t)first,
                           .pages = (uint32_t)(end - first),
                           .prot = mapping->prot,
                           .frame = mapping->frame + skipped};
}

static void *map_extent(struct machine *machine, struct window *window, const struct extent *extent)
{
    int sharing = (extent->prot & TR_EXECUTE) != 0 ? MAP_PRIVATE : MAP_SHARED;
    void *at = (void *)(uintptr_t)(window->base + extent->page * PAGE);
    const struct region *region = NULL;
    if (extent->frame >= machine->frames) {
        region = region_find(machine, extent->frame, extent->pages);
    }
    int file = region != NULL ? region->file : machine->ram_fd;
    uint64_t frame = extent->frame - (region != NULL ? region->frame : 0);
    return mmap(at, extent->pages * PAGE, (int)extent->prot, sharing | MAP_FIXED | MAP_POPULATE,
                file, (off_t)(frame * PAGE));
}

bool tlb_fill(struct machine *machine, struct hal_space *space, uint64_t va, uint32_t access)
{
    struct window *window = window_of(space);
    struct hal_mapping mapping;
    if (!kernel_translate(machine->kernel, space, va, access, FILL_PAGES, &mapping) ||
        (mapping.prot & access) != access ||
        memory_view(machine, mapping.frame, mapping.pages) == NULL) {
        return false;
    }
    if (machine->extents + 2 > machine->extents_most) {
        tlb_evict(machine, window);
    }
    struct extent extent = extent_wanted(window, &mapping, va);
    uint64_t first, end;
    struct tool_shadow shadow;
    extents_remove(machine, window, extent.page, extent.pages, &first, &end);
    tool_change_begin(&shadow, window->base + extent.page * PAGE, extent.pages);
    if (map_extent(machine, window, &extent) == MAP_FAILED) {
        tlb_evict(machine, window);
        tlb_drop_all(machine, window);
        if (map_extent(machine, window, &extent) == MAP_FAILED) {
            host_fatal("cannot map a window");
        }
    }
    extents_add(machine, window, extent);
    tool_change_end(&shadow);
    if ((extent.prot & TR_EXECUTE) != 0) {
        arch_new_text(window->base + extent.page * PAGE, extent.pages * PAGE);
        tool_new_text(window->base + extent.page * PAGE, extent.pages * PAGE);
    }
    machine->statistics.page_fills++;
    return true;
}
