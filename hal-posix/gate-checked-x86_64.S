/* SPDX-License-Identifier: MIT */
/* Ghost stubs that have the words of a call checked on the program's own stack before the gate: bound
 * instead of the plain ones when a memory checker watches. */

    .text

#define TR_CALL_ROW(nr, name)                     \
    .balign 16;                                   \
    .globl gate_checked_##name;                   \
    .type gate_checked_##name, @function;         \
gate_checked_##name:                              \
    .cfi_startproc;                               \
    movl $nr, %eax;                               \
    jmp check;                                    \
    .cfi_endproc;                                 \
    .size gate_checked_##name, . - gate_checked_##name;
#include <terrarium/calls_rows.h>

    .balign 16
    .type check, @function
check:
    .cfi_startproc
    pushq %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbp, 0
    movq %rsp, %rbp
    .cfi_def_cfa_register rbp
    pushq %r9
    pushq %r8
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %rax
    subq $8, %rsp
    movq %rax, %rdi
    leaq 16(%rsp), %rsi
    call tool_check_words
    addq $8, %rsp
    popq %rax
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %r8
    popq %r9
    popq %rbp
    .cfi_def_cfa rsp, 8
    .cfi_restore rbp
    jmp gate_enter
    .cfi_endproc
    .size check, . - check
    .section .note.GNU-stack, "", @progbits
