/* SPDX-License-Identifier: MIT */
/* The heap's words to Valgrind. All blocks of a program are one memory pool, named by the address
 * of the program's ELF header: so a machine can drop the pool of a process that was killed, whose
 * blocks nobody will free, with VALGRIND_DESTROY_MEMPOOL(address of the image). */

#include <valgrind/memcheck.h>

#include "tool/heap_tool.h"

#define GAP_BYTES 16

/* Made by the linker. */
extern const char __ehdr_start __attribute__((visibility("hidden")));

static const void *pool(void)
{
    return &__ehdr_start;
}

void heap_tool_begin(void)
{
    if (VALGRIND_MEMPOOL_EXISTS(pool())) {
        VALGRIND_DESTROY_MEMPOOL(pool());
    }
    VALGRIND_CREATE_MEMPOOL(pool(), GAP_BYTES, 0);
}

void heap_tool_hide(const void *memory, size_t size)
{
    (void)VALGRIND_MAKE_MEM_NOACCESS(memory, size);
}

void heap_tool_show(const void *memory, size_t size)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(memory, size);
}

void heap_tool_taken(const void *block, size_t size)
{
    VALGRIND_MEMPOOL_ALLOC(pool(), block, size);
}

void heap_tool_freed(const void *block)
{
    VALGRIND_MEMPOOL_FREE(pool(), block);
}

void heap_tool_resized(const void *block, size_t old, size_t size)
{
    const unsigned char *bytes = block;

    /* The request itself changes only what is known of the block, not what may be touched. */
    VALGRIND_MEMPOOL_CHANGE(pool(), block, block, size);
    if (size > old) {
        (void)VALGRIND_MAKE_MEM_UNDEFINED(bytes + old, size - old);
    } else {
        (void)VALGRIND_MAKE_MEM_NOACCESS(bytes + size, old - size);
    }
}

void heap_tool_end(void)
{
    if (VALGRIND_MEMPOOL_EXISTS(pool())) {
        VALGRIND_DESTROY_MEMPOOL(pool());
    }
}

bool heap_tool_is_watched(void)
{
    return RUNNING_ON_VALGRIND != 0;
}

void heap_tool_quiet(bool is_quiet)
{
    if (is_quiet) {
        VALGRIND_DISABLE_ERROR_REPORTING;
    } else {
        VALGRIND_ENABLE_ERROR_REPORTING;
    }
}

uintptr_t heap_tool_word(const uintptr_t *place)
{
    uintptr_t word = *(const volatile uintptr_t *)place;

    (void)VALGRIND_MAKE_MEM_DEFINED(&word, sizeof word);
    return word;
}

/* There is no request "report this block": a question about memory that may not be touched makes
 * Valgrind tell what block it belongs to and where that was taken. */
void heap_tool_leaked(const void *block, size_t size)
{
    VALGRIND_PRINTF("leak: a heap block of %lu bytes that nothing points to any more:\n", size);
    (void)VALGRIND_MAKE_MEM_NOACCESS(block, 1);
    (void)VALGRIND_CHECK_MEM_IS_ADDRESSABLE(block, 1);
}
