/* SPDX-License-Identifier: MIT */
/* Where the ghost stubs go when a memory checker watches: the words of a call are checked on the
 * program's own stack before the gate. */

    .text
    .balign 16
    .globl gate_check
    .type gate_check, @function
gate_check:
    .cfi_startproc
    cld
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
    pushq %r11
    movq %rax, %rdi
    leaq 16(%rsp), %rsi
    movq %r11, %rdx
    call tool_check_words
    popq %r11
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
    .size gate_check, . - gate_check
    .section .note.GNU-stack, "", @progbits
