/* SPDX-License-Identifier: MIT */
#pragma once

/* Windows: the ranges of host addresses in which processes live, one each, recycled when a process
 * has ended. A window knows which of its pages the host has mapped just now (its extents, in order
 * of address, never touching ones that could be one). Extents are kept in pages straight from the
 * host, because they change in signal handlers. */

#include "machine.h"

#define WINDOWS_BEGIN UINT64_C(0x200000000000)
#define WINDOWS_END   UINT64_C(0x500000000000)

struct extent {
    uint32_t page, pages; /* in the window */
    uint32_t prot, reserved;
    uint64_t frame;
};

struct window {
    uint64_t base;
    struct window *next, *previous; /* in use: a ring of all; free: next only */
    struct extent *extents;
    uint32_t count, room;
    bool warned;                 /* the watchdog has named this process */
    uint64_t image_va;           /* where the kernel has put the program's image; 0: not yet */
    struct image_use *images;    /* image.c: what debuggers were told of it */
    struct tool_range *expected; /* tool-valgrind.c: pages to map before the process runs on */
    uint64_t stack_begin;        /* and the first stack, mapped as far down as `stack_ready`; */
    uint64_t stack_ready;        /* 0: there is none */
};

/* The window of a space. */
static inline struct window *window_of(const struct hal_space *space)
{
    return space->machine;
}

/* True if va lies in the space's window. */
static inline bool window_holds(const struct hal_space *space, uint64_t va)
{
    return va - space->base < space->size;
}

/* window.c: gives the machine its number among those of the host process, and takes it back. */
bool window_arena_take(struct machine *machine);
void window_arena_give(struct machine *machine);
void window_destroy_all(struct machine *machine);

/* The window that a user address lies in; NULL: none in use. */
struct window *window_at(struct machine *machine, uint64_t va);

/* tlb.c */

/* True if the page is mapped for this access just now. */
bool tlb_has(const struct window *window, uint64_t va, uint32_t access);

/* Maps what the kernel's table says of this page and its neighbours. False: a fault. */
bool tlb_fill(struct machine *machine, struct hal_space *space, uint64_t va, uint32_t access);
/* Unmaps what is mapped of a range of pages of the window. */
void tlb_drop(struct machine *machine, struct window *window, uint64_t page, uint64_t pages);
/* Unmaps everything: the process has ended. */
void tlb_end(struct machine *machine, struct window *window);
/* Unmaps the device memory of every process: some of it has moved. */
void tlb_forget(struct machine *machine);
/* Records pages that were mapped by somebody else as a copy of what the kernel's table says. */
void tlb_adopt(struct machine *machine, struct hal_space *space, uint64_t va, uint64_t pages);
/* How many mappings this machine may hold. */
uint64_t tlb_limit(void);
