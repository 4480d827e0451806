/* SPDX-License-Identifier: MIT */
#pragma once

/* What the heap tells a memory checker. heap_valgrind.c says it to Valgrind, heap_none.c to nobody;
 * CMake takes the first where Valgrind's headers are installed. Without a checker each word costs a
 * few instructions that do nothing. Only the heap calls these. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void heap_tool_begin(void);
void heap_tool_hide(const void *memory, size_t size); /* nobody may touch this now */
void heap_tool_show(const void *memory, size_t size); /* the heap's own record lies here */
void heap_tool_taken(const void *block, size_t size);
void heap_tool_freed(const void *block);
void heap_tool_resized(const void *block, size_t old, size_t size);
void heap_tool_end(void); /* no block is known any longer */

/* For the search for leaks, which is made only if the program is watched. */
bool heap_tool_is_watched(void);
void heap_tool_quiet(bool is_quiet);              /* what is read now is no fault */
uintptr_t heap_tool_word(const uintptr_t *place); /* a word, counted as defined */
void heap_tool_leaked(const void *block, size_t size);
