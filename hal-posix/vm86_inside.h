/* SPDX-License-Identifier: MIT */
#pragma once

/* What the two files of the real-mode interpreter share (vm86.c, vm86_extra.c). */

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <x86emu.h>

#include "machine.h"

#define NOTES_MOST 64

/* What an instruction may change and an exception puts back. */
struct registers {
    struct i386_general_regs general;
    struct i386_special_regs special;
    sel_t segments[8];
};

struct note {
    uint8_t *at;
    uint8_t was;
};

/* The instruction that is being executed. */
struct instruction {
    struct registers before;
    uint32_t address;
    uint8_t opcode;
    uint8_t segment; /* the last prefix that names one, 0: none */
    bool is_repeated, has_data32, has_address32;
    uint32_t accesses;
    uint32_t note_count;
    struct note notes[NOTES_MOST];
};

struct vm86 {
    x86emu_t *emu;
    x86emu_regs_t reset; /* state of a processor after reset */
    struct machine *machine;
    struct hal_vm86 *run;
    uint64_t limit, count;
    struct instruction now;
    uint8_t *readable[HAL_VM86_PAGES], *writable[HAL_VM86_PAGES]; /* views asked for in this run */
    jmp_buf out;
};

/* Memory as an instruction reaches it: a page that is not there takes the instruction back and
 * leaves the interpreter. */
uint32_t vm86_memory_read(struct vm86 *vm86, uint32_t address, uint32_t width);
void vm86_memory_write(struct vm86 *vm86, uint32_t address, uint32_t width, uint32_t value);

/* A byte of the code, from the present instruction on. */
uint8_t vm86_code_byte(struct vm86 *vm86, uint32_t offset);

/* Leaves with an exception; the instruction has changed nothing yet. */
_Noreturn void vm86_refuse(struct vm86 *vm86, uint32_t exception);

/* Executes the present instruction, which has so many prefixes, if it is one of those that the
 * library does not do right. False: it is not. */
bool vm86_extra(struct vm86 *vm86, uint32_t prefixes);
