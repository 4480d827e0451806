/* SPDX-License-Identifier: MIT */
#include "space_pool.h"

#include "spawn.h"
#include "state.h"
#include "string.h"

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

/* Pages from the window's begin to the end of the argument. */
static uint64_t shape_pages(const struct image *image, uint64_t argument_pages)
{
    return SPACE_LOW / TR_PAGE_SIZE + image->pages + 1 + SPAWN_STACK_PAGES + argument_pages;
}

uint64_t space_pool_shape(struct kernel *kernel, const struct image *image, uint64_t argument_pages)
{
    if (kernel->config.checked || kernel->config.no_space_pool ||
        shape_pages(image, argument_pages) > LEAF_PAGES) {
        return 0;
    }
    uint64_t hash = mix(image->relro.at, image->relro.size);
    hash = mix(mix(hash, image->low), image->align);
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *segment = &image->segments[i];
        hash = mix(hash, segment->va);
        hash = mix(hash, segment->memory_size);
        hash = mix(hash, segment->prot);
    }
    return mix(hash, shape_pages(image, argument_pages)) | 1;
}

bool space_pool_take(struct kernel *kernel, struct space *space, uint64_t shape)
{
    LIST_FOR (link, &kernel->space_pool) {
        struct grave *grave = CONTAINER(link, struct grave, link);
        if (grave->space.shape == shape) {
            list_remove(&grave->link);
            *space = grave->space;
            space->is_reused = true;
            kernel->space_pool_count--;
            kernel->graveyard_pages -= space->pages;
            pool_give(kernel, &kernel->pools.grave, &kernel->root_account, grave);
            return true;
        }
    }
    return false;
}

/* Whatever the program has mapped beyond its shape goes. */
static void trim(struct kernel *kernel, struct space *space)
{
    uint64_t *leaf = space->leaves[0];
    uint64_t first = LEAF_PAGES;
    uint64_t last = 0;
    for (uint64_t i = space->shape_pages; i < LEAF_PAGES; i++) {
        if (leaf[i] != 0) {
            first = first == LEAF_PAGES ? i : first;
            last = i;
        }
    }
    if (first == LEAF_PAGES) {
        return;
    }
    uint64_t va = space->hal.base + first * TR_PAGE_SIZE;
    space_changed(kernel, space, va, last - first + 1);
    for (uint64_t i = first; i <= last; i++) {
        if (leaf[i] != 0) {
            uint64_t was = space_unset(kernel, space, space->hal.base + i * TR_PAGE_SIZE);
            if (ENTRY_KIND(was) == PAGE_PRIVATE) {
                frame_free(kernel, ENTRY_FRAME(was), 0);
            }
        }
    }
}

/* The stack and the argument: zero for the next process. The image is written anew by the loader.
 */
static void wipe(struct kernel *kernel, const struct space *space)
{
    const uint64_t *leaf = space->leaves[0];
    for (uint64_t i = space->shape_stack; i < space->shape_pages; i++) {
        if (ENTRY_KIND(leaf[i]) == PAGE_PRIVATE) {
            memset(frame_view(kernel, ENTRY_FRAME(leaf[i])), 0, TR_PAGE_SIZE);
        }
    }
}

static bool is_one_leaf(const struct space *space)
{
    uint64_t slots = (space->hal.size + (UINT64_C(1) << 21) - 1) >> 21;
    for (uint64_t slot = 1; slot < slots; slot++) {
        if (space->leaves[slot] != NULL) {
            return false;
        }
    }
    return space->leaves[0] != NULL;
}

bool space_pool_put(struct kernel *kernel, struct space *space, struct grave *grave)
{
    if (space->shape == 0 || kernel->space_pool_count >= SPACE_POOL_MOST || !is_one_leaf(space)) {
        return false;
    }
    trim(kernel, space);
    wipe(kernel, space);
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

void space_pool_altered(struct space *space, uint64_t va, uint64_t pages)
{
    (void)pages;
    if ((va - space->hal.base) / TR_PAGE_SIZE < space->shape_pages) {
        space->shape = 0;
    }
}
