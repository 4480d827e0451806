/* SPDX-License-Identifier: MIT */
/* Address spaces. A root of pointers to leaf tables, each one frame of 512 entries; the frame's
 * `count` says how many entries are in use, and an empty leaf goes back at once.
 *
 * Invariants:
 * 1. A leaf is present exactly while one of its entries is not PAGE_NONE or it is prepared.
 * 2. space->pages counts the PAGE_PRIVATE entries; each names a frame of use FRAME_USER.
 * 3. Whatever the machine has cached allows no more than the tables do. */

#include "space.h"

#include <terrarium/error.h>

#include "shared_lent.h"
#include "state.h"
#include "string.h"

static uint64_t leaf_index(const struct space *space, uint64_t va)
{
    return (va - space->hal.base) >> 21;
}

static uint64_t entry_index(const struct space *space, uint64_t va)
{
    return ((va - space->hal.base) >> 12) & (LEAF_PAGES - 1);
}

static uint64_t leaf_slots(const struct space *space)
{
    return (space->hal.size + (UINT64_C(1) << 21) - 1) >> 21;
}

int64_t space_create(struct kernel *kernel, struct space *space, struct account *account,
                     bool is_host)
{
    memset(space, 0, sizeof(*space));
    space->account = account;
    space->hal.is_host = is_host;
    if (!hal_space_create(kernel->machine, &space->hal)) {
        return TR_E_NOMEM;
    }
    uint64_t bytes = leaf_slots(space) * sizeof(uint64_t *);
    space->root_order = frame_order((bytes + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE);
    uint32_t frame;
    if (frame_allocate(kernel, account, space->root_order, FRAME_TABLE, &frame) < 0) {
        hal_space_destroy(kernel->machine, &space->hal);
        return TR_E_NOMEM;
    }
    space->leaves = frame_view(kernel, frame);
    memset(space->leaves, 0, (size_t)TR_PAGE_SIZE << space->root_order);
    space->low = SPACE_LOW;
    space->cursor = SPACE_LOW;
    return 0;
}

/* An entry that is going: its frame, if it is the process's own. */
static void entry_release(struct kernel *kernel, uint64_t entry)
{
    if (ENTRY_KIND(entry) == PAGE_PRIVATE) {
        frame_free(kernel, ENTRY_FRAME(entry), 0);
    }
}

static void leaf_free(struct kernel *kernel, struct space *space, uint64_t slot)
{
    uint64_t *leaf = space->leaves[slot];
    space->leaves[slot] = NULL;
    frame_free(kernel, frame_of(kernel, leaf), 0);
}

static void space_finish(struct kernel *kernel, struct space *space)
{
    frame_free(kernel, frame_of(kernel, space->leaves), space->root_order);
}

/* The reaper's work on one leaf. Returns how many pages it looked at. */
static uint64_t reap_leaf(struct kernel *kernel, struct space *space, uint64_t slot)
{
    uint64_t *leaf = space->leaves[slot];
    for (uint64_t i = 0; i < LEAF_PAGES; i++) {
        if (leaf[i] != 0 && ENTRY_KIND(leaf[i]) == PAGE_PRIVATE) {
            kernel->graveyard_pages--;
            entry_release(kernel, leaf[i]);
        }
    }
    leaf_free(kernel, space, slot);
    return LEAF_PAGES;
}

/* SIM: hardware would need the tables until every processor has dropped them; here the machine's
 * window is gone before the first frame is freed. */
bool space_reap(struct kernel *kernel, uint64_t pages)
{
    uint64_t done = 0;
    while (done < pages && !list_is_empty(&kernel->graveyard)) {
        struct grave *grave = CONTAINER(kernel->graveyard.next, struct grave, link);
        struct space *space = &grave->space;
        uint64_t slots = leaf_slots(space);
        while (done < pages && space->reap_leaf < slots) {
            if (space->leaves[space->reap_leaf] != NULL) {
                done += reap_leaf(kernel, space, space->reap_leaf);
            }
            space->reap_leaf++;
        }
        if (space->reap_leaf == slots) {
            list_remove(&grave->link);
            space_finish(kernel, space);
            pool_give(kernel, &kernel->pools.grave, &kernel->root_account, grave);
        }
    }
    return !list_is_empty(&kernel->graveyard);
}

void space_end(struct kernel *kernel, struct space *space, struct grave *grave)
{
    hal_space_destroy(kernel->machine, &space->hal);
    grave->space = *space;
    list_append(&kernel->graveyard, &grave->link);
    kernel->graveyard_pages += space->pages;
}

uint64_t *space_entry(const struct space *space, uint64_t va)
{
    if (va - space->hal.base >= space->hal.size) {
        return NULL;
    }
    uint64_t *leaf = space->leaves[leaf_index(space, va)];
    return leaf == NULL ? NULL : &leaf[entry_index(space, va)];
}

static uint64_t *leaf_make(struct kernel *kernel, struct space *space, uint64_t slot)
{
    uint32_t frame;
    if (space->leaves[slot] == NULL) {
        if (frame_allocate(kernel, space->account, 0, FRAME_TABLE, &frame) < 0) {
            return NULL;
        }
        space->leaves[slot] = frame_view(kernel, frame);
        memset(space->leaves[slot], 0, TR_PAGE_SIZE);
    }
    return space->leaves[slot];
}

bool space_holds(const struct space *space, uint64_t va, uint64_t pages)
{
    uint64_t offset = va - space->hal.base;
    return (va & (TR_PAGE_SIZE - 1)) == 0 && offset < space->hal.size &&
           pages <= (space->hal.size - offset) / TR_PAGE_SIZE;
}

/* The offset of the first page in use in [offset, end), or end. Skips absent leaves whole. */
static uint64_t first_used(const struct space *space, uint64_t offset, uint64_t end)
{
    while (offset < end) {
        const uint64_t *leaf = space->leaves[offset >> 21];
        if (leaf == NULL) {
            offset = ((offset >> 21) + 1) << 21;
            continue;
        }
        if (leaf[(offset >> 12) & (LEAF_PAGES - 1)] != 0) {
            return offset;
        }
        offset += TR_PAGE_SIZE;
    }
    return end;
}

bool space_is_free(const struct space *space, uint64_t va, uint64_t pages)
{
    uint64_t offset = va - space->hal.base;
    uint64_t end = offset + pages * TR_PAGE_SIZE;
    return offset >= space->low && first_used(space, offset, end) == end;
}

static uint64_t find_between(const struct space *space, uint64_t from, uint64_t to, uint64_t bytes)
{
    uint64_t start = from;
    while (start + bytes <= to) {
        uint64_t used = first_used(space, start, start + bytes);
        if (used == start + bytes) {
            return start;
        }
        start = used + TR_PAGE_SIZE;
    }
    return 0;
}

uint64_t space_find_free(struct space *space, uint64_t pages, uint64_t hint)
{
    if (pages > space->hal.size / TR_PAGE_SIZE) {
        return 0;
    }
    if (hint != 0 && space_holds(space, hint, pages) && space_is_free(space, hint, pages)) {
        return hint;
    }
    uint64_t bytes = pages * TR_PAGE_SIZE;
    uint64_t found = find_between(space, space->cursor, space->hal.size, bytes);
    if (found == 0) {
        found = find_between(space, space->low, space->hal.size, bytes);
    }
    if (found == 0) {
        return 0;
    }
    space->cursor = found + bytes;
    return space->hal.base + found;
}

int64_t space_prepare(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages)
{
    uint64_t first = leaf_index(space, va);
    uint64_t last = leaf_index(space, va + (pages - 1) * TR_PAGE_SIZE);
    for (uint64_t slot = first; slot <= last; slot++) {
        if (leaf_make(kernel, space, slot) == NULL) {
            space_unprepare(kernel, space, va, pages);
            return TR_E_NOMEM;
        }
    }
    return 0;
}

void space_unprepare(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages)
{
    uint64_t first = leaf_index(space, va);
    uint64_t last = leaf_index(space, va + (pages - 1) * TR_PAGE_SIZE);
    for (uint64_t slot = first; slot <= last; slot++) {
        const uint64_t *leaf = space->leaves[slot];
        if (leaf != NULL && kernel->frames.frames[frame_of(kernel, leaf)].count == 0) {
            leaf_free(kernel, space, slot);
        }
    }
}

void space_set(struct kernel *kernel, struct space *space, uint64_t va, uint64_t entry)
{
    uint64_t *leaf = space->leaves[leaf_index(space, va)];
    uint64_t *place = &leaf[entry_index(space, va)];
    KASSERT(kernel, *place == 0);
    *place = entry;
    kernel->frames.frames[frame_of(kernel, leaf)].count++;
    if (ENTRY_KIND(entry) == PAGE_PRIVATE) {
        space->pages++;
    }
    bool has_frame = ENTRY_FRAME(entry) != 0 || ENTRY_KIND(entry) == PAGE_PHYSICAL;
    if (kernel->config.checked && has_frame) {
        hal_tool(kernel->machine, HAL_TOOL_MAPPED, (const void *)(uintptr_t)va, NULL, TR_PAGE_SIZE);
    }
}

uint64_t space_unset(struct kernel *kernel, struct space *space, uint64_t va)
{
    uint64_t slot = leaf_index(space, va);
    uint64_t *leaf = space->leaves[slot];
    uint64_t *place = &leaf[entry_index(space, va)];
    uint64_t entry = *place;
    KASSERT(kernel, entry != 0);
    *place = 0;
    if (ENTRY_KIND(entry) == PAGE_PRIVATE) {
        space->pages--;
    }
    struct frame *frame = &kernel->frames.frames[frame_of(kernel, leaf)];
    frame->count--;
    if (frame->count == 0) {
        leaf_free(kernel, space, slot);
    }
    if (kernel->config.checked) {
        hal_tool(kernel->machine, HAL_TOOL_UNMAPPED, (const void *)(uintptr_t)va, NULL,
                 TR_PAGE_SIZE);
    }
    return entry;
}

void space_changed(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages)
{
    space->epoch++;
    hal_space_invalidate(kernel->machine, &space->hal, va, pages);
}

/* A zeroed frame for a page that had none. */
static int64_t back_page(struct kernel *kernel, struct space *space, uint64_t va, uint64_t *entry)
{
    uint32_t frame;
    if (frame_allocate(kernel, space->account, 0, FRAME_USER, &frame) < 0) {
        return TR_E_NOMEM;
    }
    memset(frame_view(kernel, frame), 0, TR_PAGE_SIZE);
    *entry = ENTRY(frame, PAGE_PRIVATE, ENTRY_GRANTED(*entry));
    space->pages++;
    tool(kernel, HAL_TOOL_MAPPED, (const void *)(uintptr_t)va, NULL, TR_PAGE_SIZE);
    return 0;
}

uint64_t entry_of_frame(const struct kernel *kernel, uint64_t frame, enum page_kind kind,
                        uint32_t prot)
{
    bool is_ram = frame >= kernel->frames.first && frame < kernel->frames.end;
    return frame << 12 | ENTRY_UNBACKED(kind, prot) | (is_ram ? prot : 0);
}

uint8_t *space_device_view(struct kernel *kernel, const struct space *space, uint64_t va)
{
    const uint64_t *entry = space_entry(space, va & ~(uint64_t)(TR_PAGE_SIZE - 1));
    uint8_t *view = hal_device_memory(kernel->machine, ENTRY_FRAME(*entry), 1);
    return view == NULL ? NULL : view + (va & (TR_PAGE_SIZE - 1));
}

static void set_cause(uint32_t *cause, uint32_t value)
{
    if (cause != NULL) {
        *cause = value;
    }
}

int64_t space_touch(struct kernel *kernel, struct space *space, uint64_t va, uint32_t access,
                    uint32_t *cause)
{
    uint64_t *entry = space_entry(space, va & ~(uint64_t)(TR_PAGE_SIZE - 1));
    enum page_kind kind = entry == NULL ? PAGE_NONE : ENTRY_KIND(*entry);
    if (kind == PAGE_NONE || kind == PAGE_LAZY || (entry != NULL && ENTRY_GRANTED(*entry) == 0)) {
        set_cause(cause, TR_FAULT_PAGE);
        return TR_E_FAULT;
    }
    if ((ENTRY_GRANTED(*entry) & access) != access) {
        set_cause(cause, TR_FAULT_PROTECTION);
        return TR_E_FAULT;
    }
    if ((entry_usable(*entry) & access) == access) {
        return 0;
    }
    uint64_t page = va & ~(uint64_t)(TR_PAGE_SIZE - 1);
    int64_t result = kind == PAGE_LOST ? shared_back_lost(kernel, space, page)
                                       : back_page(kernel, space, page, entry);
    if (result < 0) {
        set_cause(cause, TR_FAULT_MEMORY);
    }
    return result;
}
