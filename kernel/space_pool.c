/* SPDX-License-Identifier: MIT */
#include "space_pool.h"

#include "least.h"
#include "spawn.h"
#include "state.h"
#include "string.h"

#define ENTRY_BITS  UINT64_C(0xfff) /* of an entry, without its frame */
#define SHAPE_PAGES 2048            /* of a window, that a shape may end in */

/* The page of the window that the stack begins at, and all of the shape with it. */
#define SHAPE_BEGIN (SPACE_HOLE / TR_PAGE_SIZE)

/* Where its last page ends, relative to the image. */
static uint64_t end_of(const struct space_shape *shape)
{
    const struct shape_run *last = &shape->runs[shape->count - 1];
    return last->first + (uint64_t)last->pages;
}

/* Adds pages [first, end) that lie behind all others. */
static void add_run(struct space_shape *shape, uint64_t first, uint64_t end, uint64_t entry)
{
    if (first < end) {
        shape->runs[shape->count] = (struct shape_run){
            .first = (uint32_t)first, .pages = (uint32_t)(end - first), .entry = (uint32_t)entry};
        shape->count++;
    }
}

/* The pages of a segment; those of them in [from, to) can only be read. A page that the one before
 * has taken is that one's. */
static void add_segment(struct space_shape *shape, const struct image_segment *segment,
                        uint64_t from, uint64_t to)
{
    uint64_t first = segment->va / TR_PAGE_SIZE;
    uint64_t end = (segment->va + segment->memory_size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
    if (shape->count > 0 && first < end_of(shape)) {
        first = end_of(shape);
    }
    from = from < first ? first : from;
    to = to > end ? end : to;
    if (from >= to) {
        from = end;
        to = end;
    }
    add_run(shape, first, from, ENTRY(0, PAGE_PRIVATE, segment->prot));
    add_run(shape, from, to, ENTRY(0, PAGE_PRIVATE, TR_READ));
    add_run(shape, to, end, ENTRY(0, PAGE_PRIVATE, segment->prot));
}

void space_pool_shape(struct kernel *kernel, const struct image *image, uint64_t argument_pages,
                      struct space_shape *shape)
{
    uint64_t pages = image->stack_pages + argument_pages;
    memset(shape, 0, sizeof(*shape));
    if (kernel->config.checked || kernel->config.no_space_pool ||
        SHAPE_BEGIN + pages + image->pages > SHAPE_PAGES) {
        return;
    }
    shape->low = image->low;
    shape->align = image->align;
    shape->stack_pages = (uint32_t)image->stack_pages;
    shape->argument_pages = (uint32_t)argument_pages;
    struct image_part fixed = image_fixed_pages(image);
    for (uint32_t i = 0; i < image->segment_count; i++) {
        add_segment(shape, &image->segments[i], fixed.at / TR_PAGE_SIZE,
                    (fixed.at + fixed.size) / TR_PAGE_SIZE);
    }
    for (uint32_t i = 0; i < shape->count; i++) {
        pages += shape->runs[i].pages;
    }
    if (pages > LEAF_PAGES) {
        shape->count = 0;
    }
}

static bool is_same(const struct space_shape *left, const struct space_shape *right)
{
    if (left->count != right->count || left->low != right->low || left->align != right->align ||
        left->stack_pages != right->stack_pages || left->argument_pages != right->argument_pages) {
        return false;
    }
    for (uint32_t i = 0; i < left->count; i++) {
        const struct shape_run *l = &left->runs[i];
        const struct shape_run *r = &right->runs[i];
        if (l->first != r->first || l->pages != r->pages || l->entry != r->entry) {
            return false;
        }
    }
    return true;
}

bool space_pool_take(struct kernel *kernel, struct account *account,
                     const struct space_shape *shape, struct space *space)
{
    LIST_FOR (link, &kernel->space_pool) {
        struct grave *grave = CONTAINER(link, struct grave, link);
        if (is_same(&grave->shape, shape)) {
            if (!frame_may_take(kernel, account, grave->space.pages)) {
                return false;
            }
            list_remove(&grave->link);
            *space = grave->space;
            space->account = account;
            space->is_reused = true;
            kernel->space_pool_count--;
            kernel->graveyard_pages -= space->pages;
            pool_give(kernel, &kernel->pools.grave, &kernel->root_account, grave);
            return true;
        }
    }
    return false;
}

/* ---- What has become of it ------------------------------------------------------------------- */

static uint64_t entry_at(const struct space *space, uint64_t page)
{
    const uint64_t *leaf = space->leaves[page / LEAF_PAGES];
    return leaf == NULL ? 0 : leaf[page % LEAF_PAGES];
}

/* Whether all pages in [page, end) have this entry. */
static bool all_are(const struct space *space, uint64_t page, uint64_t end, uint64_t entry)
{
    while (page < end) {
        const uint64_t *leaf = space->leaves[page / LEAF_PAGES];
        uint64_t count = least(end - page, LEAF_PAGES - page % LEAF_PAGES);
        uint64_t other = leaf == NULL ? entry : 0;
        for (uint64_t i = 0; leaf != NULL && i < count; i++) {
            other |= leaf[page % LEAF_PAGES + i] ^ entry;
        }
        if (other != 0) {
            return false;
        }
        page += count;
    }
    return true;
}

/* From here on, pages of the window. */
static uint64_t window_end(const struct space_shape *shape)
{
    return shape->at + end_of(shape);
}

static uint64_t leaves_of(const struct space_shape *shape)
{
    return (window_end(shape) + LEAF_PAGES - 1) / LEAF_PAGES;
}

/* Whether all that there is lies in the leaves of the shape. */
static bool is_small(const struct space *space, const struct space_shape *shape)
{
    uint64_t slots = (space->hal.size + (UINT64_C(1) << 21) - 1) >> 21;
    uint64_t begin = SHAPE_BEGIN / LEAF_PAGES;
    uint64_t end = leaves_of(shape);
    for (uint64_t slot = 0; slot < slots; slot++) {
        if (space->leaves[slot] != NULL && (slot < begin || slot >= end)) {
            return false;
        }
    }
    return true;
}

void space_pool_wiped(const struct space_shape *shape, uint64_t *first, uint64_t *end)
{
    uint64_t kept = least(shape->stack_pages, SPACE_SHAPE_STACK);
    *end = SHAPE_BEGIN + shape->stack_pages + shape->argument_pages;
    *first = *end - shape->argument_pages - kept;
}

/* Stack and argument: a stack that was used further down than usual is not worth wiping. */
static bool is_stack_kept(const struct space *space, const struct space_shape *shape)
{
    const uint64_t fresh = ENTRY_UNBACKED(PAGE_DEMAND, TR_READ | TR_WRITE);
    uint64_t first, end;
    space_pool_wiped(shape, &first, &end);
    for (uint64_t page = first; page < end; page++) {
        uint64_t bits = entry_at(space, page) & ENTRY_BITS;
        if (bits != fresh && bits != ENTRY(0, PAGE_PRIVATE, TR_READ | TR_WRITE)) {
            return false;
        }
    }
    return all_are(space, SHAPE_BEGIN, first, fresh);
}

/* Whether its pages are there as it says, and none between them. */
static bool is_kept(const struct space *space, const struct space_shape *shape)
{
    uint64_t page = SHAPE_BEGIN + shape->stack_pages + shape->argument_pages;
    for (uint32_t i = 0; i < shape->count; i++) {
        const struct shape_run *run = &shape->runs[i];
        const uint64_t first = shape->at + run->first;
        if (!all_are(space, page, first, 0)) {
            return false;
        }
        for (page = first; page < first + run->pages; page++) {
            if ((entry_at(space, page) & ENTRY_BITS) != run->entry) {
                return false;
            }
        }
    }
    return is_stack_kept(space, shape);
}

bool space_pool_is_shape(const struct space *space, const struct space_shape *shape)
{
    return is_small(space, shape) && is_kept(space, shape) &&
           all_are(space, window_end(shape), leaves_of(shape) * LEAF_PAGES, 0);
}

/* What has to be done before the next process: pages to be zeroed, and those in [first, end) that
 * the program has mapped beyond its shape. */
struct rest {
    uint64_t first, end, pages;
};

static struct rest rest_of(const struct space *space, const struct space_shape *shape)
{
    struct rest rest = {UINT64_MAX, 0, 0};
    uint64_t last = leaves_of(shape) * LEAF_PAGES;
    bool is_alone = all_are(space, window_end(shape), last, 0);
    for (uint64_t page = window_end(shape); page < last && !is_alone; page++) {
        if (entry_at(space, page) != 0) {
            rest.first = rest.first == UINT64_MAX ? page : rest.first;
            rest.end = page + 1;
            rest.pages++;
        }
    }
    uint64_t page, end;
    for (space_pool_wiped(shape, &page, &end); page < end; page++) {
        rest.pages += ENTRY_KIND(entry_at(space, page)) == PAGE_PRIVATE;
    }
    return rest;
}

static void trim(struct kernel *kernel, struct space *space, const struct rest *rest)
{
    if (rest->end == 0) {
        return;
    }
    uint64_t base = space->hal.base;
    space_changed(kernel, space, base + rest->first * TR_PAGE_SIZE, rest->end - rest->first);
    for (uint64_t page = rest->first; page < rest->end; page++) {
        if (entry_at(space, page) != 0) {
            uint64_t was = space_unset(kernel, space, base + page * TR_PAGE_SIZE);
            if (ENTRY_KIND(was) == PAGE_PRIVATE) {
                frame_free(kernel, ENTRY_FRAME(was), 0);
            }
        }
    }
}

/* The stack and the argument: zero for the next process. */
static void wipe(struct kernel *kernel, const struct space *space, const struct space_shape *shape)
{
    uint64_t page, end;
    for (space_pool_wiped(shape, &page, &end); page < end; page++) {
        uint64_t entry = entry_at(space, page);
        if (ENTRY_KIND(entry) == PAGE_PRIVATE) {
            memset(frame_view(kernel, ENTRY_FRAME(entry)), 0, TR_PAGE_SIZE);
        }
    }
}

bool space_pool_put(struct kernel *kernel, struct space *space, struct grave *grave)
{
    const struct space_shape *shape = &grave->shape;
    if (shape->count == 0 || kernel->space_pool_count >= SPACE_POOL_MOST ||
        window_end(shape) > SHAPE_PAGES || !is_small(space, shape) || !is_kept(space, shape)) {
        return false;
    }
    struct rest rest = rest_of(space, shape);
    if (rest.pages > STEP_PAGES) {
        return false;
    }
    trim(kernel, space, &rest);
    wipe(kernel, space, shape);
    space->account = &kernel->root_account;
    grave->space = *space;
    list_prepend(&kernel->space_pool, &grave->link);
    kernel->space_pool_count++;
    kernel->graveyard_pages += space->pages;
    return true;
}

bool space_pool_shrink(struct kernel *kernel)
{
    if (list_is_empty(&kernel->space_pool)) {
        return false;
    }
    struct grave *grave = CONTAINER(kernel->space_pool.prev, struct grave, link);
    list_remove(&grave->link);
    kernel->space_pool_count--;
    hal_space_destroy(kernel->machine, &grave->space.hal);
    list_append(&kernel->graveyard, &grave->link);
    return true;
}
