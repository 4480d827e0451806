/* SPDX-License-Identifier: MIT */
#include "copy.h"

#include <terrarium/error.h>

#include "copy_view.h"
#include "least.h"

static bool is_outside(const struct space *space, uint64_t va)
{
    return va - space->hal.base >= space->hal.size;
}

/* The view of the bytes at va up to the end of the page (or of the host range of a kit process);
 * *size is lowered to what the view covers. NULL with *error set. */
static uint8_t *view_of(struct kernel *kernel, struct process *process, uint64_t va, uint64_t *size,
                        uint32_t access, int64_t *error)
{
    struct space *space = &process->space;
    uint8_t *view;
    if (space->hal.is_host && is_outside(space, va)) {
        view = hal_host_range(kernel->machine, &space->hal, va, *size);
        *error = TR_E_FAULT;
        return view;
    }
    *size = least(*size, TR_PAGE_SIZE - (va & (TR_PAGE_SIZE - 1)));
    view = space_view(space, kernel->ram, va, access);
    if (view != NULL) {
        return view;
    }
    *error = space_touch(kernel, space, va, access, NULL);
    if (*error < 0) {
        return NULL;
    }
    view = space_view(space, kernel->ram, va, access);
    *error = TR_E_FAULT;
    return view != NULL ? view : space_device_view(kernel, space, va);
}

uint8_t *copy_page(struct kernel *kernel, struct process *process, uint64_t va, uint32_t access)
{
    uint64_t size = TR_PAGE_SIZE;
    int64_t error;
    return va + size < va ? NULL : view_of(kernel, process, va, &size, access, &error);
}

static int64_t check_pieces(struct kernel *kernel, struct process *process, uint64_t va,
                            uint64_t size, uint32_t access)
{
    if (size != 0 && va + size - 1 < va) {
        return TR_E_FAULT;
    }
    while (size > 0) {
        uint64_t part = size;
        int64_t error;
        if (view_of(kernel, process, va, &part, access, &error) == NULL) {
            return error;
        }
        va += part;
        size -= part;
    }
    return 0;
}

int64_t copy_check(struct kernel *kernel, struct process *process, uint64_t va, uint64_t size,
                   uint32_t access)
{
    if (size == 0 || copy_view(kernel, process, va, size, access) != NULL) {
        return 0;
    }
    return check_pieces(kernel, process, va, size, access);
}

int64_t copy_target_set(struct kernel *kernel, struct process *process, uint64_t va, uint64_t size,
                        struct copy_target *target)
{
    target->va = va;
    target->size = size;
    target->view = copy_view(kernel, process, va, size, TR_WRITE);
    target->epoch = process->space.epoch;
    return target->view != NULL ? 0 : check_pieces(kernel, process, va, size, TR_WRITE);
}

int64_t copy_in(struct kernel *kernel, struct process *process, void *to, uint64_t va,
                uint64_t size)
{
    uint8_t *bytes = to;
    const uint8_t *whole = copy_view(kernel, process, va, size, TR_READ);
    if (whole != NULL) {
        memcpy(to, whole, (size_t)size);
        tool(kernel, HAL_TOOL_COPIED, to, (const void *)(uintptr_t)va, size);
        return 0;
    }
    if (size != 0 && va + size - 1 < va) {
        return TR_E_FAULT;
    }
    while (size > 0) {
        uint64_t part = size;
        int64_t error;
        const uint8_t *view = view_of(kernel, process, va, &part, TR_READ, &error);
        if (view == NULL) {
            return error;
        }
        memcpy(bytes, view, (size_t)part);
        tool(kernel, HAL_TOOL_COPIED, bytes, (const void *)(uintptr_t)va, part);
        bytes += part;
        va += part;
        size -= part;
    }
    return 0;
}

int64_t copy_out(struct kernel *kernel, struct process *process, uint64_t va, const void *from,
                 uint64_t size)
{
    const uint8_t *bytes = from;
    uint8_t *whole = copy_view(kernel, process, va, size, TR_WRITE);
    if (whole != NULL) {
        memcpy(whole, from, (size_t)size);
        tool(kernel, HAL_TOOL_COPIED, (void *)(uintptr_t)va, from, size);
        return 0;
    }
    int64_t result = check_pieces(kernel, process, va, size, TR_WRITE);
    if (result < 0) {
        return result;
    }
    while (size > 0) {
        uint64_t part = size;
        int64_t error;
        uint8_t *view = view_of(kernel, process, va, &part, TR_WRITE, &error);
        memcpy(view, bytes, (size_t)part);
        tool(kernel, HAL_TOOL_COPIED, (void *)(uintptr_t)va, bytes, part);
        bytes += part;
        va += part;
        size -= part;
    }
    return 0;
}

/* Whether the target's first byte is one of the source behind its first: in one process, or in
 * memory that both share. Then the end has to be copied first. */
static bool begins_inside(struct kernel *kernel, struct process *from, uint64_t from_va,
                          struct process *to, uint64_t to_va, uint64_t size)
{
    const uint64_t *entry = space_entry(&to->space, to_va);
    if (from != to && (entry == NULL || ENTRY_KIND(*entry) != PAGE_SHARED)) {
        return false;
    }
    uint64_t part = size;
    int64_t error;
    const uint8_t *first = view_of(kernel, to, to_va, &part, TR_WRITE, &error);
    for (uint64_t done = 0; done < size; done += part) {
        part = size - done;
        const uint8_t *view = view_of(kernel, from, from_va + done, &part, TR_READ, &error);
        if (first >= view && first < view + part) {
            return done > 0 || first > view;
        }
    }
    return false;
}

/* How many of the last of `size` bytes lie in one page on both sides. */
static uint64_t last_part(uint64_t from_va, uint64_t to_va, uint64_t size)
{
    uint64_t from = ((from_va + size - 1) & (TR_PAGE_SIZE - 1)) + 1;
    uint64_t to = ((to_va + size - 1) & (TR_PAGE_SIZE - 1)) + 1;
    return least(size, least(from, to));
}

/* Both ranges have been checked; those of a piece are in one page each. */
static void copy_piece(struct kernel *kernel, struct process *from, uint64_t from_va,
                       struct process *to, uint64_t to_va, uint64_t *size)
{
    int64_t error;
    const uint8_t *source = view_of(kernel, from, from_va, size, TR_READ, &error);
    uint8_t *target = view_of(kernel, to, to_va, size, TR_WRITE, &error);
    copy_view_move(kernel, target, to_va, source, from_va, *size);
}

int64_t copy_across(struct kernel *kernel, struct process *from, uint64_t from_va,
                    struct process *to, uint64_t to_va, uint64_t size)
{
    const uint8_t *whole_from = copy_view(kernel, from, from_va, size, TR_READ);
    uint8_t *whole_to = copy_view(kernel, to, to_va, size, TR_WRITE);
    if (whole_from != NULL && whole_to != NULL) {
        copy_view_move(kernel, whole_to, to_va, whole_from, from_va, size);
        return 0;
    }
    int64_t result = copy_check(kernel, from, from_va, size, TR_READ);
    if (result == 0) {
        result = copy_check(kernel, to, to_va, size, TR_WRITE);
    }
    if (result < 0) {
        return result;
    }
    bool backwards = begins_inside(kernel, from, from_va, to, to_va, size);
    while (size > 0) {
        uint64_t part = backwards ? last_part(from_va, to_va, size) : size;
        uint64_t at = backwards ? size - part : 0;
        copy_piece(kernel, from, from_va + at, to, to_va + at, &part);
        if (!backwards) {
            from_va += part;
            to_va += part;
        }
        size -= part;
    }
    return 0;
}

int64_t copy_in_string(struct kernel *kernel, struct process *process, char *to, uint64_t va,
                       uint64_t size)
{
    for (uint64_t i = 0; i < size; i++) {
        int64_t result = copy_in(kernel, process, &to[i], va + i, 1);
        if (result < 0) {
            return result;
        }
        if (to[i] == 0) {
            return 0;
        }
    }
    return TR_E_INVAL;
}
