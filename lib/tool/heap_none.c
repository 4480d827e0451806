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

void heap_tool_resized(const void *block, size_t size)
{
    (void)block;
    (void)size;
}

void heap_tool_end(void)
{
}
