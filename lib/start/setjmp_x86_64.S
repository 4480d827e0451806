/* SPDX-License-Identifier: MIT */
/* setjmp and longjmp: what the System V ABI wants kept over a call. The place is rbx, rbp, r12 to
 * r15, rsp after the return, the return address, MXCSR and the x87 control word. */

    .text
    .globl setjmp
    .type setjmp, @function
setjmp:
    mov %rbx, 0(%rdi)
    mov %rbp, 8(%rdi)
    mov %r12, 16(%rdi)
    mov %r13, 24(%rdi)
    mov %r14, 32(%rdi)
    mov %r15, 40(%rdi)
    lea 8(%rsp), %rdx
    mov %rdx, 48(%rdi)
    mov (%rsp), %rdx
    mov %rdx, 56(%rdi)
    stmxcsr 64(%rdi)
    fnstcw 72(%rdi)
    xor %eax, %eax
    ret
    .size setjmp, . - setjmp

    .globl longjmp
    .type longjmp, @function
longjmp:
    mov 0(%rdi), %rbx
    mov 8(%rdi), %rbp
    mov 16(%rdi), %r12
    mov 24(%rdi), %r13
    mov 32(%rdi), %r14
    mov 40(%rdi), %r15
    mov 48(%rdi), %rsp
    ldmxcsr 64(%rdi)
    fldcw 72(%rdi)
    mov %esi, %eax
    cmp $1, %eax            /* a value of 0 becomes 1 */
    adc $0, %eax
    jmp *56(%rdi)
    .size longjmp, . - longjmp

    .section .note.GNU-stack, "", @progbits
