/* SPDX-License-Identifier: MIT */
#pragma once

/* What the heap tells a memory checker. heap_valgrind.c says it to Valgrind, heap_none.c to nobody;
 * CMake takes the first where Valgrind's headers are installed. Without a checker each word costs a
 * few instructions that do nothing. Only the heap calls these. */

#include <stddef.h>

void heap_tool_begin(void);
void heap_tool_hide(const void *memory, size_t size); /* nobody may touch this now */
void heap_tool_show(const void *memory, size_t size); /* the heap's own record lies here */
void heap_tool_taken(const void *block, size_t size);
void heap_tool_freed(const void *block);
void heap_tool_resized(const void *block, size_t size);
void heap_tool_end(void); /* leaks are looked for; no block is known any longer */
