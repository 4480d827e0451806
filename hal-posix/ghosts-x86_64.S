/* SPDX-License-Identifier: MIT */
/* What programs see of the gate, x86-64: the ghost functions, 16 bytes each, the first instructions
 * of a thread, the last of a resumption. This is a template that is never run here: ghost.c copies
 * it to an address that is the same in every host process, with the words below behind it. */

#include "arch-x86_64.h"
#include "gate.h"

#define C(word) (CONTEXT_WORD + 8 * (word))

#define MACHINE   begin + GHOSTS_DATA + GHOSTS_MACHINE(%rip)
#define RESUME_IP begin + GHOSTS_DATA + GHOSTS_RESUME_IP(%rip)

    .section .rodata
    .balign 16
    .globl gate_ghosts_begin
gate_ghosts_begin:
begin:

#define TR_CALL_ROW(nr, name)    \
    .balign 16;                  \
    .globl gate_ghost_##name;    \
gate_ghost_##name:               \
    movl $nr, %eax;              \
    movq MACHINE, %r11;          \
    jmp *GATE_STUB(%r11);
#include <terrarium/calls_rows.h>

/* tr_call, and calls of the kit's processes: the number is the first argument, the sixth word on
 * the stack. */
    .balign 16
    .globl gate_call
gate_call:
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    movq %r8, %rcx
    movq %r9, %r8
    movq 8(%rsp), %r9
    movq MACHINE, %r11
    jmp *GATE_ENTER(%r11)

/* __sanitizer_cov_trace_pc: one block of a counted program has been run. */
    .balign 16
    .globl gate_count_block
gate_count_block:
    movq MACHINE, %r11
    subq $GATE_BLOCK_NS, GATE_BUDGET(%r11)
    js 1f
    ret
1:  jmp *GATE_SPENT(%r11)

/* The first instructions of every thread: rbx is its function, rdi the argument. */
    .balign 16
    .globl gate_thread_start
gate_thread_start:
    call *%rbx
    movq %rax, %rdi
    movl $GATE_THREAD_EXIT, %eax
    movq MACHINE, %r11
    jmp *GATE_ENTER(%r11)

/* The end of a resumption, from gate_tail. rsp: the kernel's stack with the flags on it, r10: the
 * context. */
    .balign 16
    .globl gate_ghosts_resume
gate_ghosts_resume:
    movq C(WORD_RAX)(%r10), %rax
    movq C(WORD_RCX)(%r10), %rcx
    movq C(WORD_RDX)(%r10), %rdx
    movq C(WORD_RSI)(%r10), %rsi
    movq C(WORD_RDI)(%r10), %rdi
    movq C(WORD_R8)(%r10), %r8
    movq C(WORD_R9)(%r10), %r9
    movq C(WORD_R11)(%r10), %r11
    movq C(WORD_RBX)(%r10), %rbx
    movq C(WORD_RBP)(%r10), %rbp
    movq C(WORD_R12)(%r10), %r12
    movq C(WORD_R13)(%r10), %r13
    movq C(WORD_R14)(%r10), %r14
    movq C(WORD_R15)(%r10), %r15
    popfq
    movq C(WORD_RSP)(%r10), %rsp
    movq C(WORD_R10)(%r10), %r10
    jmp *RESUME_IP
    .globl gate_ghosts_end
gate_ghosts_end:
    .org begin + GHOSTS_DATA, 0xcc /* too many ghosts are an error here */

#define FRAME_MACHINE 62
#define FRAME_RETURN  16
#define FRAME_RULES   0x0c, 7, 8, 0x80 + 16, 1 /* the stack is rsp + 8, the address below it */
#include "ghosts_image.S"

    .section .note.GNU-stack, "", @progbits
