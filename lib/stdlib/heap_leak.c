/* SPDX-License-Identifier: MIT */
/* The search for leaks at the end of a program, made only when a memory checker watches: it cannot
 * do it itself, because the same frames lie at several host addresses and old pointers in the
 * machine's view of them look alive to it.
 *
 * Reached is a block that a word points into which lies in the program's data, on the stack that
 * runs now, or in a reached block. Pages from tr_memory_allocate are not searched. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "start/start.h"
#include "stdlib/slab.h"
#include "tool/heap_tool.h"

#define SEGMENT_LOAD  1
#define SEGMENT_WRITE 2

/* What is needed of a program's ELF headers. */
struct elf_header {
    unsigned char identity[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, segments_offset, sections_offset;
    uint32_t flags;
    uint16_t size, segment_size, segment_count;
};
struct elf_segment {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_size, memory_size, alignment;
};

/* Made by the linker: the headers in memory. */
extern const struct elf_header __ehdr_start __attribute__((visibility("hidden")));

static size_t slab_count(const struct slab *slab)
{
    return slab->pages != 0 ? 1 : slab->slots;
}

static bool bit_get(const uint64_t *bits, size_t index)
{
    return (bits[index / 64] >> index % 64 & 1) != 0;
}

static void bit_set(uint64_t *bits, size_t index)
{
    bits[index / 64] |= UINT64_C(1) << index % 64;
}

static bool block_is_taken(const struct slab *slab, size_t index)
{
    return slab->pages != 0 || bit_get(slab->taken, index);
}

static const unsigned char *block_start(const struct slab *slab, size_t index)
{
    return slab->pages != 0 ? (const unsigned char *)slab + slab->offset : slab_slot(slab, index);
}

static size_t block_bytes(const struct slab *slab, size_t index)
{
    return slab->pages != 0 ? slab->size : slab->sizes[index];
}

/* Notes the block that a word points to, or into. */
static void word_follow(struct slab *all, uintptr_t word)
{
    for (struct slab *slab = all; slab != NULL; slab = slab->all_next) {
        uintptr_t offset = word - (uintptr_t)slab;
        uint64_t size = (slab->pages != 0 ? slab->pages : 1) * TR_PAGE_SIZE;
        if (offset >= size || offset < SLAB_BYTES) {
            continue;
        }
        size_t index = slab->pages != 0 ? 0 : (offset - SLAB_BYTES) / heap_class_sizes[slab->class];
        if (index < slab_count(slab) && block_is_taken(slab, index) &&
            word - (uintptr_t)block_start(slab, index) <= block_bytes(slab, index)) {
            bit_set(slab->reached, index);
        }
        return;
    }
}

static void range_follow(struct slab *all, const void *start, size_t size)
{
    uintptr_t first = ((uintptr_t)start + 7) & ~(uintptr_t)7;
    uintptr_t end = (uintptr_t)start + size;

    for (uintptr_t place = first; place + 8 <= end; place += 8) {
        word_follow(all, heap_tool_word((const uintptr_t *)place));
    }
}

/* Follows the words of reached blocks that were not searched yet. False: there was none. */
static bool blocks_follow(struct slab *all)
{
    bool has_found = false;

    for (struct slab *slab = all; slab != NULL; slab = slab->all_next) {
        for (size_t index = 0; index < slab_count(slab); index++) {
            if (bit_get(slab->reached, index) && !bit_get(slab->searched, index)) {
                bit_set(slab->searched, index);
                range_follow(all, block_start(slab, index), block_bytes(slab, index));
                has_found = true;
            }
        }
    }
    return has_found;
}

static void data_follow(struct slab *all)
{
    const unsigned char *image = (const unsigned char *)&__ehdr_start;
    const struct elf_segment *segments =
        (const struct elf_segment *)(image + __ehdr_start.segments_offset);

    for (size_t i = 0; i < __ehdr_start.segment_count; i++) {
        if (segments[i].type == SEGMENT_LOAD && (segments[i].flags & SEGMENT_WRITE) != 0) {
            range_follow(all, image + segments[i].address, segments[i].memory_size);
        }
    }
}

static void stack_follow(struct slab *all)
{
    const unsigned char *here = __builtin_frame_address(0);

    range_follow(all, here, (size_t)(start_stack() - here));
}

void heap_leaks_tell(struct slab *all)
{
    /* Puts the registers that functions save onto the stack. */
    __builtin_unwind_init();
    heap_tool_quiet(true);
    data_follow(all);
    stack_follow(all);
    while (blocks_follow(all)) {
    }
    heap_tool_quiet(false);
    for (struct slab *slab = all; slab != NULL; slab = slab->all_next) {
        for (size_t index = 0; index < slab_count(slab); index++) {
            if (block_is_taken(slab, index) && !bit_get(slab->reached, index)) {
                heap_tool_leaked(block_start(slab, index), block_bytes(slab, index));
            }
        }
    }
}
