/* SPDX-License-Identifier: MIT */
/* Valgrind's memcheck, told by client requests, which cost a few instructions when it is not there.
 *
 * Memcheck keeps its knowledge by host address: a user page is known by its address in the window,
 * the kernel's records by theirs in the view of memory. The host's mappings of a window come and
 * go without the program noticing, so its knowledge is carried over each change. */

#include "tool.h"

#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>
#include <valgrind/valgrind.h>

#include "arch.h"
#include "fiber.h"
#include "window.h"

#define PART     16u /* bytes of which all or none are addressable, as far as is known here */
#define SLOWNESS 25
#define AHEAD    (16 * PAGE) /* of a stack that are mapped before a program may need them */

struct tool_stack {
    struct tool_stack *next;
    uint64_t begin, end;
    unsigned id;
};

struct tool_pool {
    struct tool_pool *next;
    const void *pool;
};

bool tool_is_watching(void)
{
    return RUNNING_ON_VALGRIND != 0;
}

bool posix_is_checked(void)
{
    return tool_is_watching();
}

uint32_t tool_slowness(void)
{
    return tool_is_watching() ? SLOWNESS : 1;
}

/* ---- Knowledge kept over a change of mappings ----------------------------------------------- */

/* Two kinds of bytes: a bit pattern for each byte of memory, then a flag for each part. */
static uint64_t bits_size(uint64_t pages)
{
    return pages * (PAGE + PAGE / PART);
}

void tool_change_begin(struct tool_shadow *shadow, uint64_t va, uint64_t pages)
{
    *shadow = (struct tool_shadow){.va = va, .pages = pages};
    if (!tool_is_watching()) {
        return;
    }
    shadow->bits = host_pages(bits_size(pages));
    uint8_t *flags = shadow->bits + pages * PAGE;
    for (uint64_t page = 0; page < pages; page++) {
        uint8_t *bits = shadow->bits + page * PAGE;
        uint64_t at = va + page * PAGE;
        bool whole = VALGRIND_GET_VBITS(at, bits, PAGE) == 1;
        for (uint64_t part = 0; part < PAGE / PART; part++) {
            uint64_t offset = part * PART;
            flags[page * (PAGE / PART) + part] =
                whole || VALGRIND_GET_VBITS(at + offset, bits + offset, PART) == 1;
        }
    }
}

static void restore_page(uint64_t at, const uint8_t *bits, const uint8_t *flags)
{
    for (uint64_t part = 0; part < PAGE / PART; part++) {
        uint64_t offset = part * PART;
        if (flags[part] == 0) {
            (void)VALGRIND_MAKE_MEM_NOACCESS(at + offset, PART);
        } else {
            (void)VALGRIND_MAKE_MEM_DEFINED(at + offset, PART);
            (void)VALGRIND_SET_VBITS(at + offset, bits + offset, PART);
        }
    }
}

void tool_change_end(struct tool_shadow *shadow)
{
    if (shadow->bits == NULL) {
        return;
    }
    const uint8_t *flags = shadow->bits + shadow->pages * PAGE;
    for (uint64_t page = 0; page < shadow->pages; page++) {
        restore_page(shadow->va + page * PAGE, shadow->bits + page * PAGE,
                     flags + page * (PAGE / PART));
    }
    host_pages_free(shadow->bits, bits_size(shadow->pages));
    shadow->bits = NULL;
}

void tool_new_text(uint64_t va, uint64_t size)
{
    VALGRIND_DISCARD_TRANSLATIONS(va, size);
}

/* ---- Pages that will be needed -------------------------------------------------------------- */

struct tool_range {
    struct tool_range *next;
    uint64_t va, pages;
    uint32_t access;
};

static void expect(struct window *window, uint64_t va, uint64_t pages, uint32_t access)
{
    struct tool_range *range = malloc(sizeof *range);
    if (range == NULL) {
        host_fatal("no memory for the list of expected pages");
    }
    *range = (struct tool_range){window->expected, va, pages, access};
    window->expected = range;
}

void tool_expect(struct window *window, uint64_t va, uint64_t pages)
{
    if (tool_is_watching()) {
        expect(window, va, pages, HAL_READ);
    }
}

static void expect_user(struct machine *machine, const void *at, uint64_t size)
{
    uint64_t va = (uint64_t)(uintptr_t)at;
    struct window *window = machine->gate.in_kernel == 0 ? NULL : window_at(machine, va);
    if (window != NULL) {
        expect(window, va, size / PAGE, HAL_READ);
    }
}

/* Most of a first stack is never used; what lies just below its pointer may be at any time. */
static void expect_stack(struct machine *machine, const void *begin, uint64_t size)
{
    uint64_t va = (uint64_t)(uintptr_t)begin;
    struct window *window = machine->gate.in_kernel == 0 ? NULL : window_at(machine, va);
    if (window == NULL) {
        return;
    }
    uint64_t from = size > AHEAD ? va + size - AHEAD : va;
    if (window->stack_ready == 0) {
        window->stack_begin = va;
        window->stack_ready = from;
    }
    expect(window, from, (va + size - from) / PAGE, HAL_WRITE);
}

static void follow_stack(struct window *window, uint64_t pointer)
{
    uint64_t below = (pointer - window->stack_begin) / PAGE * PAGE;
    if (window->stack_ready == 0 || pointer < window->stack_begin) {
        return;
    }
    uint64_t from = window->stack_begin + (below > AHEAD ? below - AHEAD : 0);
    if (from < window->stack_ready) {
        expect(window, from, (window->stack_ready - from) / PAGE, HAL_WRITE);
        window->stack_ready = from;
    }
}

void tool_before_user(struct machine *machine, struct hal_context *next)
{
    struct window *window = next == NULL ? NULL : window_of(next->space);
    if (window != NULL) {
        follow_stack(window, arch_stack_pointer(next));
    }
    while (window != NULL && window->expected != NULL) {
        struct tool_range *range = window->expected;
        window->expected = range->next;
        for (uint64_t i = 0; i < range->pages; i++) {
            uint64_t va = range->va + i * PAGE;
            if (window_holds(next->space, va) && !tlb_has(window, va, range->access)) {
                tlb_fill(machine, next->space, va, range->access);
            }
        }
        free(range);
    }
}

/* ---- Stacks and pools ----------------------------------------------------------------------- */

/* The address behind a stack counts as in it: an empty stack points there. */
static void stack_known(struct machine *machine, uint64_t begin, uint64_t size)
{
    for (struct tool_stack *stack = machine->tool_stacks; stack != NULL; stack = stack->next) {
        if (stack->begin == begin && stack->end == begin + size) {
            return;
        }
    }
    struct tool_stack *stack = malloc(sizeof *stack);
    if (stack == NULL) {
        host_fatal("no memory for the list of stacks");
    }
    *stack = (struct tool_stack){machine->tool_stacks, begin, begin + size,
                                 VALGRIND_STACK_REGISTER(begin, begin + size)};
    machine->tool_stacks = stack;
}

static void stacks_forget(struct machine *machine, uint64_t begin, uint64_t end)
{
    struct tool_stack **link = &machine->tool_stacks;
    while (*link != NULL) {
        struct tool_stack *stack = *link;
        if (stack->begin >= begin && stack->end <= end) {
            VALGRIND_STACK_DEREGISTER(stack->id);
            *link = stack->next;
            free(stack);
        } else {
            link = &stack->next;
        }
    }
}

static void pool_known(struct machine *machine, const void *pool)
{
    struct tool_pool *entry = malloc(sizeof *entry);
    if (entry == NULL) {
        host_fatal("no memory for the list of pools");
    }
    *entry = (struct tool_pool){machine->tool_pools, pool};
    machine->tool_pools = entry;
    VALGRIND_CREATE_MEMPOOL(pool, 0, 0);
}

static void pool_forget(struct machine *machine, const void *pool)
{
    struct tool_pool **link = &machine->tool_pools;
    while (*link != NULL && (*link)->pool != pool) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        struct tool_pool *entry = *link;
        *link = entry->next;
        VALGRIND_DESTROY_MEMPOOL(pool);
        free(entry);
    }
}

void tool_forget_window(struct machine *machine, struct window *window)
{
    stacks_forget(machine, window->base, window->base + machine->window_size);
    /* The heap of a program is a pool named by the address of its image (lib/tool). */
    if (window->image_va != 0 && VALGRIND_MEMPOOL_EXISTS(window->image_va)) {
        VALGRIND_DESTROY_MEMPOOL(window->image_va);
    }
    while (window->expected != NULL) {
        struct tool_range *range = window->expected;
        window->expected = range->next;
        free(range);
    }
}

void tool_forget_all(struct machine *machine)
{
    stacks_forget(machine, 0, UINT64_MAX);
    while (machine->tool_pools != NULL) {
        pool_forget(machine, machine->tool_pools->pool);
    }
}

/* Definedness goes along with copied bytes. Where the source is not known byte by byte (its page
 * was never seen by the program), the copy is defined, as the source reads. */
static void copied(const uint8_t *to, const uint8_t *from, uint64_t size)
{
    uint8_t bits[256];
    for (uint64_t done = 0; done < size; done += sizeof bits) {
        uint64_t part = size - done < sizeof bits ? size - done : sizeof bits;
        if (VALGRIND_GET_VBITS(from + done, bits, part) != 1) {
            memset(bits, 0, sizeof bits);
        }
        (void)VALGRIND_MAKE_MEM_DEFINED(bits, sizeof bits);
        if (VALGRIND_SET_VBITS(to + done, bits, part) != 1) {
            (void)VALGRIND_MAKE_MEM_DEFINED(to + done, part);
            (void)VALGRIND_SET_VBITS(to + done, bits, part);
        }
    }
}

void hal_tool(struct machine *machine, enum hal_tool what, const void *to, const void *from,
              uint64_t size)
{
    if (what == HAL_TOOL_STACK) {
        fiber_stack(to, size);
    }
    if (!tool_is_watching()) {
        return;
    }
    switch (what) {
    case HAL_TOOL_MAPPED:
        (void)VALGRIND_MAKE_MEM_DEFINED(to, size);
        expect_user(machine, to, size);
        break;
    case HAL_TOOL_UNMAPPED:
        (void)VALGRIND_MAKE_MEM_NOACCESS(to, size);
        break;
    case HAL_TOOL_COPIED:
        copied(to, from, size);
        break;
    case HAL_TOOL_POOL:
        pool_known(machine, to);
        break;
    case HAL_TOOL_POOL_END:
        pool_forget(machine, to);
        break;
    case HAL_TOOL_TAKEN:
        VALGRIND_MEMPOOL_ALLOC(from, to, size);
        break;
    case HAL_TOOL_FREED:
        VALGRIND_MEMPOOL_FREE(from, to);
        break;
    case HAL_TOOL_RAW:
        (void)VALGRIND_MAKE_MEM_UNDEFINED(to, size);
        break;
    case HAL_TOOL_STACK:
        stack_known(machine, (uint64_t)(uintptr_t)to, size);
        expect_stack(machine, to, size);
        break;
    }
}
