/* SPDX-License-Identifier: MIT */
/* What the machine may ask of the page tables while user code runs. */

#include "state.h"

static bool is_alike(uint64_t entry, uint64_t other, int64_t distance)
{
    return ((other ^ entry) & (TR_PAGE_SIZE - 1)) == 0 &&
           (int64_t)ENTRY_FRAME(other) == (int64_t)ENTRY_FRAME(entry) + distance;
}

bool kernel_translate(struct kernel *kernel, struct hal_space *hal, uint64_t va, uint32_t access,
                      uint64_t most, struct hal_mapping *mapping)
{
    struct space *space = CONTAINER(hal, struct space, hal);
    if (space_touch(kernel, space, va, access, NULL) < 0) {
        return false;
    }
    uint64_t page = va & ~(uint64_t)(TR_PAGE_SIZE - 1);
    const uint64_t *entry = space_entry(space, page);
    uint64_t index = ((page - hal->base) >> 12) & (LEAF_PAGES - 1);
    /* Blocks at multiples of `most`: who goes through memory, up or down, meets each but once. */
    uint64_t low = index - index % most;
    uint64_t high = low + most < LEAF_PAGES ? low + most : LEAF_PAGES;
    uint64_t before = 0;
    uint64_t after = 0;
    while (index - before > low &&
           is_alike(*entry, entry[-(int64_t)before - 1], -(int64_t)before - 1)) {
        before++;
    }
    while (index + after + 1 < high && is_alike(*entry, entry[after + 1], (int64_t)after + 1)) {
        after++;
    }
    mapping->va = page - before * TR_PAGE_SIZE;
    mapping->frame = ENTRY_FRAME(*entry) - before;
    mapping->pages = before + after + 1;
    mapping->prot = entry_usable(*entry);
    return true;
}
