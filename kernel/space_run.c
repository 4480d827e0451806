/* SPDX-License-Identifier: MIT */
#include "space_run.h"

#include "state.h"
#include "string.h"

/* The part of a run that lies in one leaf. */
struct piece {
    uint64_t slot, first, count;
};

static struct piece piece_of(const struct space *space, uint64_t va, uint64_t pages)
{
    uint64_t page = (va - space->hal.base) / TR_PAGE_SIZE;
    uint64_t first = page % LEAF_PAGES;
    uint64_t room = LEAF_PAGES - first;
    return (struct piece){page / LEAF_PAGES, first, pages < room ? pages : room};
}

void space_set_run(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages,
                   uint64_t entry)
{
    while (pages > 0) {
        struct piece piece = piece_of(space, va, pages);
        uint64_t *leaf = space->leaves[piece.slot];
        for (uint64_t i = 0; i < piece.count; i++) {
            leaf[piece.first + i] = entry;
        }
        kernel->frames.frames[frame_of(kernel, leaf)].count += (uint32_t)piece.count;
        va += piece.count * TR_PAGE_SIZE;
        pages -= piece.count;
    }
}

void space_unset_run(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages)
{
    tool(kernel, HAL_TOOL_UNMAPPED, (const void *)(uintptr_t)va, NULL, pages * TR_PAGE_SIZE);
    while (pages > 0) {
        struct piece piece = piece_of(space, va, pages);
        uint64_t *leaf = space->leaves[piece.slot];
        struct frame *frame = &kernel->frames.frames[frame_of(kernel, leaf)];
        KASSERT(kernel, frame->count >= piece.count);
        memset(leaf + piece.first, 0, (size_t)piece.count * sizeof(*leaf));
        frame->count -= (uint32_t)piece.count;
        if (frame->count == 0) {
            space->leaves[piece.slot] = NULL;
            frame_free(kernel, frame_of(kernel, leaf), 0);
        }
        va += piece.count * TR_PAGE_SIZE;
        pages -= piece.count;
    }
}
