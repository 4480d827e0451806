/* SPDX-License-Identifier: MIT */
/* Variant II: the variables end at the pointer, at which is its own address; compilers look for the
 * canary at 0x28. */

#include "threads/block.h"

struct head {
    uint64_t self, reserved[4], canary;
};
_Static_assert(offsetof(struct head, canary) == 0x28, "where compilers look");

struct lib_block_form lib_block_form(const struct lib_locals *locals)
{
    uintptr_t first = (uintptr_t)locals->initial;
    size_t rest = (0 - first - locals->size) & (locals->alignment - 1);
    size_t below = locals->size + rest;

    return (struct lib_block_form){below, sizeof(struct head), -(ptrdiff_t)below};
}

void lib_block_head(uintptr_t pointer, uint64_t canary)
{
    *(struct head *)pointer = (struct head){.self = pointer, .canary = canary};
}
