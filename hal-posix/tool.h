/* SPDX-License-Identifier: MIT */
#pragma once

/* Words to memory checkers; each does nothing if there is none. tool-valgrind.c, or tool-none.c in
 * a build without Valgrind's headers. */

#include "machine.h"

/* True if a checker watches this host process now. */
bool tool_is_watching(void);

/* How many times slower than usual programs run here, roughly. */
uint32_t tool_slowness(void);

/* Around a change of the host's mappings in a window: what the checker knows of the bytes, which
 * belongs to the user's pages and not to the host's mappings, is kept over it. */
struct tool_shadow {
    uint64_t va, pages;
    uint8_t *bits; /* NULL: nobody watches */
};
void tool_change_begin(struct tool_shadow *shadow, uint64_t va, uint64_t pages);
void tool_change_end(struct tool_shadow *shadow);

/* Text was mapped: what was there before must not be run from a cache of translations. */
void tool_new_text(uint64_t va, uint64_t size);

/* These pages of the window may be mapped again: under Valgrind that is done before the process
 * runs on, because a program that Valgrind runs cannot be resumed exactly at a faulting
 * instruction. */
struct window;
void tool_expect(struct window *window, uint64_t va, uint64_t pages);
void tool_before_user(struct machine *machine, struct hal_context *next);

/* The process of the window has ended; the machine ends. */
void tool_forget_window(struct machine *machine, struct window *window);
void tool_forget_all(struct machine *machine);

/* Where the ghost stubs are to go so that the words of a call are checked before it is made; NULL:
 * nobody watches. */
const char *tool_ghost_check(void);
