/* SPDX-License-Identifier: MIT */
#pragma once

/* The fast paths of user copies, in line: ranges in one page that is there. Most messages and all
 * events are such. Where they do not hold, copy.h's functions walk. */

#include "copy.h"
#include "state.h"
#include "string.h"

/* The view of a range that lies in one page of the window, if that page is there and allows the
 * access; NULL otherwise. Good until something is taken from the space, which its epoch tells. */
static inline uint8_t *copy_view(const struct kernel *kernel, const struct process *process,
                                 uint64_t va, uint64_t size, uint32_t access)
{
    if (size > TR_PAGE_SIZE - (va & (TR_PAGE_SIZE - 1))) {
        return NULL;
    }
    return space_view(&process->space, kernel->ram, va, access);
}

static inline void copy_view_move(struct kernel *kernel, void *to, uint64_t to_va, const void *from,
                                  uint64_t from_va, uint64_t size)
{
    memmove(to, from, (size_t)size);
    tool(kernel, HAL_TOOL_COPIED, (void *)(uintptr_t)to_va, (const void *)(uintptr_t)from_va, size);
}

/* The view of a target, NULL if it has none or has lost it. */
static inline uint8_t *copy_target_view(const struct process *process,
                                        const struct copy_target *target)
{
    return target->epoch == process->space.epoch ? target->view : NULL;
}

/* 0 if the first `size` bytes of a target are still writable. */
static inline int64_t copy_target_check(struct kernel *kernel, struct process *process,
                                        const struct copy_target *target, uint64_t size)
{
    return copy_target_view(process, target) != NULL
               ? 0
               : copy_check(kernel, process, target->va, size, TR_WRITE);
}

/* A range of a process that has been checked for reading, to be copied in the same entry. */
struct copy_source {
    struct process *process;
    uint64_t va, size;
    const uint8_t *view; /* NULL: not in one page */
};

/* copy_check for reading that keeps what it found. */
static inline int64_t copy_source_set(struct kernel *kernel, struct process *process, uint64_t va,
                                      uint64_t size, struct copy_source *source)
{
    source->process = process;
    source->va = va;
    source->size = size;
    source->view = copy_view(kernel, process, va, size, TR_READ);
    return source->view != NULL ? 0 : copy_check(kernel, process, va, size, TR_READ);
}

/* Writes the beginning of a target from another range. Within one process both may be the same
 * page: there the longer way is taken, which looks at source and target piece by piece. */
static inline int64_t copy_across_to_target(struct kernel *kernel, const struct copy_source *source,
                                            struct process *to, const struct copy_target *target)
{
    uint8_t *view = copy_target_view(to, target);
    if (source->view == NULL || view == NULL || source->process == to) {
        return copy_across(kernel, source->process, source->va, to, target->va, source->size);
    }
    copy_view_move(kernel, view, target->va, source->view, source->va, source->size);
    return 0;
}
