/* SPDX-License-Identifier: MIT */
#pragma once

/* A thread's block: the program's thread-local variables beside the word that the thread pointer
 * points to, in the form that the processor's ABI gives (ELF Handling for Thread-Local Storage:
 * variant II on x86-64, variant I on AArch64). Only programs that have such variables, or look at a
 * canary of their own, have blocks; the thread pointer of all others is never set. The first
 * thread's lies on its stack, as does each other's, at the top. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the image says of its thread-local variables. */
struct lib_locals {
    const unsigned char *initial; /* the bytes that they begin with */
    size_t initial_size, size;    /* the rest is zeros */
    uintptr_t alignment;          /* a power of two */
};

/* Where things lie in a block, in bytes from the thread pointer. */
struct lib_block_form {
    size_t below, above; /* what it takes on either side */
    ptrdiff_t variables;
};

#define LIB_STACK_ALIGNMENT 16

/* The image's thread-local variables. False: this program's threads need no block. */
bool lib_locals_find(struct lib_locals *locals);

/* The room that a block takes, wherever it ends. */
size_t lib_block_room(const struct lib_locals *locals);

/* Where a block that ends at `end` begins, and the pointer of its thread. */
uintptr_t lib_block_place(const struct lib_locals *locals, uintptr_t end, uintptr_t *pointer);

/* Fills the block of that pointer. */
void lib_block_fill(const struct lib_locals *locals, uintptr_t pointer);

/* Gives the first thread, which is the caller, a block in `room` bytes at `place`. Ends the program
 * if the machine keeps no thread pointer. */
void lib_block_begin(const struct lib_locals *locals, unsigned char *place, size_t room);

/* Whether threads have blocks. */
extern bool lib_has_blocks;
/* The process's own; its first byte is 0. */
extern uint64_t lib_canary;

/* ---- The processor's part -----------------------------------------------------------------------
 */

struct lib_block_form lib_block_form(const struct lib_locals *locals);
/* The words at the pointer that the ABI wants. */
void lib_block_head(uintptr_t pointer, uint64_t canary);
