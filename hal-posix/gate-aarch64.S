/* SPDX-License-Identifier: MIT */
/* The gate between programs and the kernel, AArch64; see gate-x86_64.S for what it does.
 *
 * There is no jump that leaves all registers alone, so a context that was interrupted is resumed by
 * a trap instruction: its signal handler puts the registers into the frame it returns to. */

#include "arch-aarch64.h"
#include "gate.h"

#define C(word) (CONTEXT_WORD + 8 * (word))

/* The program's registers, for debuggers, while x20 holds the context. 0x84 is breg20. */
#define IN_CONTEXT(reg, word) \
    .cfi_escape 0x10, reg, 3, 0x84, ((C(word) & 0x7f) | 0x80), (C(word) >> 7)
#define STACK_OF_CONTEXT \
    .cfi_escape 0x0f, 4, 0x84, ((C(WORD_SP) & 0x7f) | 0x80), (C(WORD_SP) >> 7), 0x06

    .text

/* All vector registers to or from where x9 points. */
.macro each_vector load_or_store
    .irp pair, "q0, q1", "q2, q3", "q4, q5", "q6, q7", "q8, q9", "q10, q11", "q12, q13", "q14, q15", \
        "q16, q17", "q18, q19", "q20, q21", "q22, q23", "q24, q25", "q26, q27", "q28, q29", "q30, q31"
    \load_or_store \pair, [x9], 32
    .endr
.endm

/* The registers above x21 that a function must preserve, for the context in `context`; clobbers x12. */
.macro each_preserved load_or_store, context
    \load_or_store x22, x23, [\context, C(WORD_X19 + 3)]
    \load_or_store x24, x25, [\context, C(WORD_X19 + 5)]
    \load_or_store x26, x27, [\context, C(WORD_X19 + 7)]
    \load_or_store x28, x29, [\context, C(WORD_X19 + 9)]
    add x12, \context, C(WORD_D8)
    \load_or_store d8, d9, [x12]
    \load_or_store d10, d11, [x12, 16]
    \load_or_store d12, d13, [x12, 32]
    \load_or_store d14, d15, [x12, 48]
.endm

/* ---- From the program into the kernel ------------------------------------------------------- */

/* x10: the machine. Leaves it in x19 and the running context in x20. */
.macro save_call
    ldr x11, [x10, GATE_CURRENT]
    mov w12, 1
    str w12, [x10, GATE_IN_KERNEL]
    mov x12, sp
    str x12, [x11, C(WORD_SP)]
    str x19, [x11, C(WORD_X19)]
    stp x20, x21, [x11, C(WORD_X19 + 1)]
    mrs x12, fpcr
    stp x30, x12, [x11, C(WORD_X30)]
    str xzr, [x11, C(WORD_SAVED)]
    each_preserved stp, x11
    mov x19, x10
    mov x20, x11
    ldr x12, [x10, GATE_KERNEL_SP]
    mov sp, x12
    .cfi_signal_frame
    STACK_OF_CONTEXT
    IN_CONTEXT(19, WORD_X19)
    IN_CONTEXT(20, WORD_X20)
    IN_CONTEXT(29, WORD_X29)
    IN_CONTEXT(30, WORD_X30)
    mrs x12, tpidr_el0
    ldr x13, [x19, GATE_POINTER]
    cmp x12, x13
    b.eq 1f
    str x12, [x20, C(WORD_POINTER)]
    mov w12, OWN_POINTER
    str w12, [x20, C(WORD_SAVED) + 4]
    msr tpidr_el0, x13
1:
.endm

    .balign 64
    .globl gate_enter
    .type gate_enter, %function
gate_enter:
    .cfi_startproc
    save_call
    sub sp, sp, 48
    stp x0, x1, [sp]
    stp x2, x3, [sp, 16]
    stp x4, x5, [sp, 32]
    mov x0, x19
    mov x1, x9
    mov x2, sp
    bl machine_on_call
    nop /* debuggers look up a signal frame at the return address itself */
    .cfi_endproc
    .size gate_enter, . - gate_enter
    /* falls through */

/* ---- From the kernel into a program --------------------------------------------------------- */

/* x0: the context to run or NULL, x19: the machine, x20: the context that entered by a call. */
    .type gate_tail, %function
gate_tail:
    .cfi_startproc
    .cfi_undefined x30
    cbz x0, gate_leave_here

    .globl gate_resume_begin
gate_resume_begin:
    str wzr, [x19, GATE_IN_KERNEL]
    ldr w9, [x19, GATE_ATTENTION]
    cbnz w9, gate_abort
    ldr x9, [x0, C(WORD_SAVED)]
    cbnz x9, resume_own

resume_call:
    mov x10, x0
    ldr x11, [x10, C(WORD_FPCR)]
    mrs x12, fpcr
    cmp x11, x12
    b.eq 1f
    msr fpcr, x11
1:  cmp x0, x20
    b.eq 2f
    /* x86-64 has branches here that help to predict the return (tell_apart). Whether they would gain
     * anything on these processors has not been measured. */
    each_preserved ldp, x10
    msr fpsr, xzr /* cumulative flags: nobody is to see another's */
2:  ldr x19, [x10, C(WORD_X19)]
    ldp x20, x21, [x10, C(WORD_X19 + 1)]
    ldr x30, [x10, C(WORD_X30)]
    ldr x12, [x10, C(WORD_SP)]
    mov sp, x12
    ldr x0, [x10, CONTEXT_RESULT]
    /* No host address may get to programs: runs that should be the same would differ. */
    .irp scratch, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, \
        x13, x14, x15, x16, x17
    mov \scratch, xzr
    .endr
    ret

/* It was interrupted, or has a thread pointer of its own. */
resume_own:
    tbz x9, 32, 3f
    ldr x10, [x0, C(WORD_POINTER)]
    msr tpidr_el0, x10
3:  cbz w9, resume_call
    ldr x9, [x0, C(WORD_STATE)]
    ldp x10, x11, [x9], 16
    msr fpsr, x10
    msr fpcr, x11
    each_vector ldp
    .globl gate_resume_trap
gate_resume_trap:
    brk 1
    .globl gate_resume_end
gate_resume_end:
    .cfi_endproc
    .size gate_tail, . - gate_tail

/* ---- Entries that are no calls -------------------------------------------------------------- */

    .globl gate_budget_spent
    .type gate_budget_spent, %function
gate_budget_spent:
    .cfi_startproc
    save_call
    mov x0, x19
    bl machine_on_event
    b gate_tail
    .cfi_endproc
    .size gate_budget_spent, . - gate_budget_spent

/* Here and at gate_abort the signal handler has put the machine into x19. */
    .globl gate_capture
    .type gate_capture, %function
gate_capture:
    .cfi_startproc
    .cfi_signal_frame
    STACK_OF_CONTEXT
    IN_CONTEXT(19, WORD_X19)
    IN_CONTEXT(20, WORD_X20)
    IN_CONTEXT(29, WORD_X29)
    IN_CONTEXT(30, WORD_PC)
    ldr x9, [x19, GATE_KERNEL_SP]
    mov sp, x9
    ldr x20, [x19, GATE_CURRENT]
    ldr x9, [x20, C(WORD_STATE)]
    mrs x10, fpsr
    mrs x11, fpcr
    stp x10, x11, [x9], 16
    each_vector stp
    msr fpcr, xzr
    mov x0, x19
    bl machine_on_event
    mov x20, xzr
    b gate_tail
    .cfi_endproc
    .size gate_capture, . - gate_capture

    .globl gate_abort
    .type gate_abort, %function
gate_abort:
    .cfi_startproc
    .cfi_undefined x30
    ldr x9, [x19, GATE_KERNEL_SP]
    mov sp, x9
    mov w9, 1
    str w9, [x19, GATE_IN_KERNEL]
    mov x20, xzr
    msr fpcr, xzr
    mov x0, x19
    bl machine_on_event
    b gate_tail
    .cfi_endproc
    .size gate_abort, . - gate_abort

/* ---- The host's side ------------------------------------------------------------------------ */

    .globl gate_run
    .type gate_run, %function
gate_run:
    .cfi_startproc
    stp x29, x30, [sp, -176]!
    .cfi_def_cfa_offset 176
    .cfi_offset x29, -176
    .cfi_offset x30, -168
    stp x19, x20, [sp, 16]
    stp x21, x22, [sp, 32]
    stp x23, x24, [sp, 48]
    stp x25, x26, [sp, 64]
    stp x27, x28, [sp, 80]
    stp d8, d9, [sp, 96]
    stp d10, d11, [sp, 112]
    stp d12, d13, [sp, 128]
    stp d14, d15, [sp, 144]
    mrs x9, fpcr
    str x9, [sp, 160]
    mov x9, sp
    str x9, [x0, GATE_KERNEL_SP]
    mov x19, x0
    mov x20, xzr
    bl machine_on_event
    b gate_tail
    .cfi_endproc
    .size gate_run, . - gate_run

    .globl gate_leave
    .type gate_leave, %function
gate_leave:
    .cfi_startproc
    .cfi_undefined x30
    mov x19, x0
gate_leave_here:
    ldr x9, [x19, GATE_KERNEL_SP]
    mov sp, x9
    ldr x9, [sp, 160]
    msr fpcr, x9
    ldp d14, d15, [sp, 144]
    ldp d12, d13, [sp, 128]
    ldp d10, d11, [sp, 112]
    ldp d8, d9, [sp, 96]
    ldp x27, x28, [sp, 80]
    ldp x25, x26, [sp, 64]
    ldp x23, x24, [sp, 48]
    ldp x21, x22, [sp, 32]
    ldp x19, x20, [sp, 16]
    ldp x29, x30, [sp], 176
    ret
    .cfi_endproc
    .size gate_leave, . - gate_leave
    .section .note.GNU-stack, "", %progbits
