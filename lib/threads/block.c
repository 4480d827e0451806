/* SPDX-License-Identifier: MIT */
/* Blocks of threads: what the image says, and how the first one comes to be. */

#include "threads/block.h"

#include <string.h>
#include <terrarium.h>
#include <terrarium/elf64.h>

/* The linker's: where the image's header lies. */
extern const struct elf_header __ehdr_start __attribute__((weak, visibility("hidden")));
/* Of start/canary.c, which only programs have that are compiled to look at a canary. */
extern const char lib_looks_at_canary __attribute__((weak, visibility("hidden")));

bool lib_has_blocks;
uint64_t lib_canary;

bool lib_locals_find(struct lib_locals *locals)
{
    const unsigned char *image = (const unsigned char *)&__ehdr_start;

    *locals = (struct lib_locals){.alignment = 1};
    if (image == NULL) {
        return false;
    }
    const struct elf_program *program =
        (const struct elf_program *)(const void *)(image + __ehdr_start.program_offset);
    for (unsigned i = 0; i < __ehdr_start.program_count; i++, program++) {
        if (program->type == ELF_THREAD_LOCAL) {
            locals->initial = image + program->va;
            locals->initial_size = program->file_size;
            locals->size = program->memory_size;
            locals->alignment = program->align > 1 ? program->align : 1;
        }
    }
    return locals->size != 0 || &lib_looks_at_canary != NULL;
}

/* A pointer's own: the variables' may be less than a stack's. */
static uintptr_t alignment_of(const struct lib_locals *locals)
{
    return locals->alignment > LIB_STACK_ALIGNMENT ? locals->alignment : LIB_STACK_ALIGNMENT;
}

size_t lib_block_room(const struct lib_locals *locals)
{
    struct lib_block_form form = lib_block_form(locals);

    return form.below + form.above + alignment_of(locals) + LIB_STACK_ALIGNMENT;
}

uintptr_t lib_block_place(const struct lib_locals *locals, uintptr_t end, uintptr_t *pointer)
{
    struct lib_block_form form = lib_block_form(locals);

    *pointer = (end - form.above) & ~(alignment_of(locals) - 1);
    return (*pointer - form.below) & ~(uintptr_t)(LIB_STACK_ALIGNMENT - 1);
}

void lib_block_fill(const struct lib_locals *locals, uintptr_t pointer)
{
    struct lib_block_form form = lib_block_form(locals);
    unsigned char *variables = (unsigned char *)pointer + form.variables;

    lib_block_head(pointer, lib_canary);
    memcpy(variables, locals->initial, locals->initial_size);
    memset(variables + locals->initial_size, 0, locals->size - locals->initial_size);
}

void lib_block_begin(const struct lib_locals *locals, unsigned char *place, size_t room)
{
    static const char text[] = "this machine keeps no thread-local variables";
    uintptr_t pointer;

    /* Its first byte stays 0: what copies a text too long ends there. */
    (void)tr_random((unsigned char *)&lib_canary + 1, sizeof lib_canary - 1);
    (void)lib_block_place(locals, (uintptr_t)place + room, &pointer);
    lib_block_fill(locals, pointer);
    lib_has_blocks = tr_thread_pointer(pointer) == 0;
    /* One number is errno (threads/create.c), which then is the process's. */
    if (!lib_has_blocks && locals->size > sizeof(int)) {
        (void)tr_log(text, sizeof text - 1);
        tr_process_exit(TR_E_NOSYS);
    }
}
