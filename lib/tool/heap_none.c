/* SPDX-License-Identifier: MIT */
/* No memory checker listens. */

#include "tool/heap_tool.h"

void heap_tool_begin(void)
{
}

void heap_tool_hide(const void *memory, size_t size)
{
    (void)memory;
    (void)size;
}

void heap_tool_show(const void *memory, size_t size)
{
    (void)memory;
    (void)size;
}

void heap_tool_taken(const void *block, size_t size)
{
    (void)block;
    (void)size;
}

void heap_tool_freed(const void *block)
{
    (void)block;
}

void heap_tool_resized(const void *block, size_t old, size_t size)
{
    (void)block;
    (void)old;
    (void)size;
}

void heap_tool_end(void)
{
}

bool heap_tool_is_watched(void)
{
    return false;
}

void heap_tool_quiet(bool is_quiet)
{
    (void)is_quiet;
}

uintptr_t heap_tool_word(const uintptr_t *place)
{
    return *place;
}

void heap_tool_leaked(const void *block, size_t size)
{
    (void)block;
    (void)size;
}
