/* SPDX-License-Identifier: MIT */
/* Variant I: two words of the implementation's at the pointer, and behind them the variables. The
 * canary is a variable (start/canary.c). */

#include "threads/block.h"

struct head {
    uint64_t reserved[2];
};

struct lib_block_form lib_block_form(const struct lib_locals *locals)
{
    uintptr_t mask = locals->alignment - 1;
    size_t head = (sizeof(struct head) + mask) & ~mask;
    size_t variables = head + ((uintptr_t)locals->initial & mask);

    return (struct lib_block_form){0, variables + locals->size, (ptrdiff_t)variables};
}

void lib_block_head(uintptr_t pointer, uint64_t canary)
{
    (void)canary;
    *(struct head *)pointer = (struct head){.reserved = {0}};
}
