/* SPDX-License-Identifier: MIT */
/* What programs see of the gate, AArch64; see ghosts-x86_64.S. */

#include "gate.h"

    .section .rodata
    .balign 16
    .globl gate_ghosts_begin
gate_ghosts_begin:
begin:

.macro load_machine
    ldr x10, begin + GHOSTS_DATA + GHOSTS_MACHINE
.endm

#define TR_CALL_ROW(nr, name)    \
    .balign 16;                  \
    .globl gate_ghost_##name;    \
gate_ghost_##name:               \
    mov w9, nr;                  \
    load_machine;                \
    ldr x11, [x10, GATE_STUB];   \
    br x11;
#include <terrarium/calls_rows.h>

    .balign 16
    .globl gate_call
gate_call:
    mov x9, x0
    mov x0, x1
    mov x1, x2
    mov x2, x3
    mov x3, x4
    mov x4, x5
    mov x5, x6
    load_machine
    ldr x11, [x10, GATE_ENTER]
    br x11

    .balign 16
    .globl gate_count_block
gate_count_block:
    load_machine
    ldr x11, [x10, GATE_BUDGET]
    subs x11, x11, GATE_BLOCK_NS
    str x11, [x10, GATE_BUDGET]
    b.mi 1f
    ret
1:  ldr x11, [x10, GATE_SPENT]
    br x11

/* The first instructions of every thread: x19 is its function, x20 and x21 the words. */
    .balign 16
    .globl gate_thread_start
gate_thread_start:
    mov x0, x20
    mov x1, x21
    mov x29, xzr
    blr x19
    mov w9, GATE_THREAD_EXIT
    load_machine
    ldr x11, [x10, GATE_ENTER]
    br x11

/* A resumption ends with a trap in gate-aarch64.S: none of it lies here. */
    .balign 16
    .globl gate_ghosts_resume
gate_ghosts_resume:
    .globl gate_ghosts_end
gate_ghosts_end:
    .org begin + GHOSTS_DATA, 0 /* too many ghosts are an error here */

#define FRAME_MACHINE 183
#define FRAME_RETURN  30
#define FRAME_RULES   0x0c, 31, 0 /* the stack is sp, the address in x30 */
#include "ghosts_image.S"

    .section .note.GNU-stack, "", %progbits
