/* SPDX-License-Identifier: MIT */
/* The gate between programs and the kernel, x86-64.
 *
 * A program calls a ghost stub (ghosts-x86_64.S) as an ordinary function; the stub puts the number
 * into eax and the machine into r11, and the gate saves what a function must preserve into the
 * running context, takes the kernel's stack and calls the machine's C. Back in the gate, the same context returns with a plain `ret` and another
 * with a jump (a return whose call was made on another stack is mispredicted).
 *
 * Between gate_resume_begin and gate_resume_end, and at the end of the ghosts, nothing has changed
 * that the context in memory does not hold: a signal there sends the thread to gate_abort and
 * nothing has to be undone. */

#include "arch-x86_64.h"
#include "gate.h"

#define C(word) (CONTEXT_WORD + 8 * (word))

/* Where a debugger finds the program's registers while the kernel's stack is in use and rbp holds
 * the context: the word at rbp + place, or the stack as it will be after the return. */
#define IN_CONTEXT(reg, word) \
    .cfi_escape 0x10, reg, 3, 0x76, ((C(word) & 0x7f) | 0x80), (C(word) >> 7)
#define STACK_OF_CALL \
    .cfi_escape 0x0f, 6, 0x76, ((C(WORD_RSP) & 0x7f) | 0x80), (C(WORD_RSP) >> 7), 0x06, 0x23, 8
#define STACK_OF_INTERRUPTED \
    .cfi_escape 0x0f, 4, 0x76, ((C(WORD_RSP) & 0x7f) | 0x80), (C(WORD_RSP) >> 7), 0x06

    .text

/* ---- From the program into the kernel ------------------------------------------------------- */

/* r11: the machine. Leaves it in rbx, the running context in rbp. */
.macro save_call odd_flags
    movq GATE_CURRENT(%r11), %r10
    movl $1, GATE_IN_KERNEL(%r11)
    movq %rsp, C(WORD_RSP)(%r10)
    movq %rbx, C(WORD_RBX)(%r10)
    movq %rbp, C(WORD_RBP)(%r10)
    movq %r12, C(WORD_R12)(%r10)
    movq %r13, C(WORD_R13)(%r10)
    movq %r14, C(WORD_R14)(%r10)
    movq %r15, C(WORD_R15)(%r10)
    stmxcsr GATE_SCRATCH(%r11)
    fnstcw 4+GATE_SCRATCH(%r11)
    movl GATE_SCRATCH(%r11), %ebx
    movl %ebx, C(WORD_FP)(%r10)
    movzwl 4+GATE_SCRATCH(%r11), %ebx
    movw %bx, 4+C(WORD_FP)(%r10)
    movq $SAVED_CALL, C(WORD_SAVED)(%r10)
    movq %r11, %rbx
    movq %r10, %rbp
    movq GATE_KERNEL_SP(%r11), %rsp
    .cfi_signal_frame
    STACK_OF_CALL
    .cfi_offset rip, -8
    IN_CONTEXT(3, WORD_RBX)
    IN_CONTEXT(6, WORD_RBP)
    pushfq
    popq %r10
    testl $FLAGS_ODD, %r10d
    je 0f
    call \odd_flags
0:  movl C(WORD_FP)(%rbp), %r10d
    andl $~MXCSR_FLAGS, %r10d
    cmpl $MXCSR_USUAL, %r10d
    je 4f
    call gate_usual_mxcsr
4:  cmpl $BASES_NONE, GATE_BASES(%rbx)
    je 2f
    rdfsbase %r10
    cmpq GATE_POINTER(%rbx), %r10
    je 3f
    call gate_keep_pointer
    jmp 3f
2:  call gate_find_pointer
3:
.endm

/* The program has called with flags that C does not expect: after a call they are off. */
    .type gate_usual_flags, @function
gate_usual_flags:
    .cfi_startproc
    pushq $FLAGS_USUAL
    popfq
    ret
    .cfi_endproc
    .size gate_usual_flags, . - gate_usual_flags

/* The same where it does not know that it has called: r10 has its flags. */
    .type gate_keep_flags, @function
gate_keep_flags:
    .cfi_startproc
    movq %r10, C(WORD_FLAGS)(%rbp)
    orl $OWN_FLAGS, 4+C(WORD_SAVED)(%rbp)
    jmp gate_usual_flags
    .cfi_endproc
    .size gate_keep_flags, . - gate_keep_flags

/* It rounds in a way of its own, or has unmasked exceptions, which are not to come in C. */
    .type gate_usual_mxcsr, @function
gate_usual_mxcsr:
    .cfi_startproc
    orl $OWN_FP, 4+C(WORD_SAVED)(%rbp)
    ldmxcsr usual_mxcsr(%rip)
    movl $MXCSR_USUAL, GATE_SCRATCH(%rbx)
    ret
    .cfi_endproc
    .size gate_usual_mxcsr, . - gate_usual_mxcsr

/* The thread has set the thread pointer, r10, which is the host's. */
    .type gate_keep_pointer, @function
gate_keep_pointer:
    .cfi_startproc
    movq %r10, C(WORD_FS)(%rbp)
    orl $OWN_FS, 4+C(WORD_SAVED)(%rbp)
    cmpl $BASES_NONE, GATE_ABLE(%rbx)
    je gate_host_pointer
    movq GATE_POINTER(%rbx), %r10
    wrfsbase %r10
    ret
    .cfi_endproc
    .size gate_keep_pointer, . - gate_keep_pointer

/* The same where an instruction does not find it, or the host's kernel was told the thread's. */
    .type gate_find_pointer, @function
gate_find_pointer:
    .cfi_startproc
    cmpl $0, GATE_TOLD(%rbx)
    je 1f
    orl $OWN_FS, 4+C(WORD_SAVED)(%rbp)
    cmpl $BASES_NONE, GATE_ABLE(%rbx)
    je gate_host_pointer
    rdfsbase %r10
    movq %r10, C(WORD_FS)(%rbp)
    jmp gate_host_pointer
1:  movq %fs:0, %r10 /* its own address; a fault mends it (trap.c) */
    cmpq GATE_POINTER(%rbx), %r10
    jne gate_keep_pointer
    ret
    .cfi_endproc
    .size gate_find_pointer, . - gate_find_pointer

/* A signal's handler has set the host's pointer for itself, and kept the thread's. Not every handler's
 * end leaves it so (Valgrind's does not), and the host's kernel is to know of it. */
    .type gate_untell, @function
gate_untell:
    .cfi_startproc
    cmpl $0, GATE_TOLD(%rbx)
    jne gate_host_pointer
    ret
    .cfi_endproc
    .size gate_untell, . - gate_untell

/* The host's kernel sets the host's pointer. */
    .type gate_host_pointer, @function
gate_host_pointer:
    .cfi_startproc
    pushq %rax
    pushq %rcx
    pushq %rdi
    pushq %rsi
    pushq %r11
    movl $SYS_ARCH_PRCTL, %eax
    movl $ARCH_SET_FS, %edi
    movq GATE_POINTER(%rbx), %rsi
    syscall
    popq %r11
    popq %rsi
    popq %rdi
    popq %rcx
    movl GATE_ABLE(%rbx), %eax
    movl %eax, GATE_BASES(%rbx)
    movl $0, GATE_TOLD(%rbx)
    popq %rax
    ret
    .cfi_endproc
    .size gate_host_pointer, . - gate_host_pointer

    .balign 64
    .globl gate_enter
    .type gate_enter, @function
gate_enter:
    .cfi_startproc
    save_call gate_usual_flags
    pushq %r9
    pushq %r8
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    movq %rbx, %rdi
    movq %rax, %rsi
    movq %rsp, %rdx
    call machine_on_call
    nop /* debuggers look up a signal frame at the return address itself */
    .cfi_endproc
    .size gate_enter, . - gate_enter
    /* falls through */

/* ---- From the kernel into a program --------------------------------------------------------- */

/* What a function may change is cleared, so that no host addresses get to programs: they would make
 * runs differ that should be the same. */
.macro clear_scratch
    xorl %ecx, %ecx
    xorl %edx, %edx
    xorl %esi, %esi
    xorl %edi, %edi
    xorl %r8d, %r8d
    xorl %r9d, %r9d
    xorl %r10d, %r10d
.endm

/* The jump at the end of a switch goes to wherever the next context made its call. What predicts it
 * looks at the branches taken lately, and between two switches these are the kernel's, always the
 * same. A few that depend on which context it is tell the predictor where the jump will go: yields
 * between two threads take two thirds of the time (decision 0010). r10: the next context. */
.macro tell_apart
    testl $0x40, %r10d
    jz 3f
    nop
3:  testl $0x80, %r10d
    jz 3f
    nop
3:  testl $0x100, %r10d
    jz 3f
    nop
3:
.endm

/* rax: the context to run or NULL, rbx: the machine, rbp: the context that entered by a call. */
    .type gate_tail, @function
gate_tail:
    .cfi_startproc
    .cfi_undefined rip
    testq %rax, %rax
    je gate_leave_here
    cmpq GATE_LOADED(%rbx), %rax
    jne gate_switch

    .globl gate_resume_begin
gate_resume_begin:
    movl $0, GATE_IN_KERNEL(%rbx)
    cmpl $0, GATE_ATTENTION(%rbx)
    jne gate_abort
    cmpq $SAVED_CALL, C(WORD_SAVED)(%rax)
    jne resume_own
resume_call:
    cmpq %rbp, %rax
    jne resume_other

    movq %rax, %r10
    movq C(WORD_RSP)(%r10), %rsp
    movq C(WORD_RBX)(%r10), %rbx
    movq C(WORD_RBP)(%r10), %rbp
    movq CONTEXT_RESULT(%r10), %rax
    clear_scratch
    xorl %r11d, %r11d
    ret

resume_other:
    movq %rax, %r10
    testq %rbp, %rbp /* after a call the scratch words are what save_call has read */
    jne 0f
    stmxcsr GATE_SCRATCH(%rbx)
    fnstcw 4+GATE_SCRATCH(%rbx)
0:  movl GATE_SCRATCH(%rbx), %ecx
    cmpl C(WORD_FP)(%r10), %ecx
    je 1f
    ldmxcsr C(WORD_FP)(%r10)
1:  movzwl 4+GATE_SCRATCH(%rbx), %ecx
    cmpw 4+C(WORD_FP)(%r10), %cx
    jne 2f
    fnstsw %ax
    testw %ax, %ax
    jne 2f
    emms /* a function must leave the registers of x87 empty, but not every one does */
    jmp 4f
2:  fninit /* before fldcw, which lets exceptions come that another thread has left pending */
    fldcw 4+C(WORD_FP)(%r10)
4:  tell_apart
    movq C(WORD_RBX)(%r10), %rbx
    movq C(WORD_RBP)(%r10), %rbp
    movq C(WORD_R12)(%r10), %r12
    movq C(WORD_R13)(%r10), %r13
    movq C(WORD_R14)(%r10), %r14
    movq C(WORD_R15)(%r10), %r15
    movq C(WORD_RSP)(%r10), %rsp
    movq CONTEXT_RESULT(%r10), %rax
    clear_scratch
    popq %r11
    jmp *%r11

/* It was interrupted, or something of the processor is its own. */
resume_own:
    testl $OWN_FS, 4+C(WORD_SAVED)(%rax)
    je 4f
    movq C(WORD_FS)(%rax), %rcx
    cmpl $BASES_PROMISED, GATE_BASES(%rbx)
    jne resume_told
    wrfsbase %rcx
4:  testl $OWN_FP, 4+C(WORD_SAVED)(%rax)
    je 5f
    ldmxcsr C(WORD_FP)(%rax)
5:  testl $OWN_FLAGS, 4+C(WORD_SAVED)(%rax)
    je 6f
    movq GATE_KERNEL_SP(%rbx), %rsp
    pushq C(WORD_FLAGS)(%rax)
    popfq
6:  cmpl $SAVED_CALL, C(WORD_SAVED)(%rax)
    je resume_call

    movq %rax, %r10
    movq C(WORD_STATE)(%r10), %rcx
    movl GATE_STATE_MASK(%rbx), %eax
    movl 4+GATE_STATE_MASK(%rbx), %edx
    xrstor64 (%rcx)
    movq GATE_KERNEL_SP(%rbx), %rsp
    pushq C(WORD_FLAGS)(%r10)
    movq C(WORD_RIP)(%r10), %rax
    movq GATE_RESUME_IP(%rbx), %rcx
    movq %rax, (%rcx)
    jmp *GATE_RESUME(%rbx)

/* Its thread pointer is set in a way that the host's kernel knows of, and keeps. */
resume_told:
    movl $1, GATE_TOLD(%rbx)
    movl $BASES_NONE, GATE_BASES(%rbx)
    movq %rax, %r10
    movl $SYS_ARCH_PRCTL, %eax
    movl $ARCH_SET_FS, %edi
    movq %rcx, %rsi
    syscall
    movq %r10, %rax
    jmp 4b
    .globl gate_resume_end
gate_resume_end:
    .cfi_endproc
    .size gate_tail, . - gate_tail

/* rax is another context than the one whose registers are loaded that no entry saves: keeps its base
 * of GS and loads that of rax. What is not as usual is for C (segments-x86_64.c). */
    .type gate_switch, @function
gate_switch:
    .cfi_startproc
    .cfi_undefined rip
    movq GATE_LOADED(%rbx), %rdx
    testq %rdx, %rdx
    je 2f
    cmpl $BASES_NONE, GATE_BASES(%rbx)
    je 2f
    movl %ds, %ecx
    movl %es, %esi
    movl %fs, %edi
    movl %gs, %r8d
    orl %esi, %ecx
    orl %r8d, %edi
    orl %edi, %ecx
    jne 2f
    rdgsbase %rcx
    movq %rcx, C(WORD_GS)(%rdx)
    movq %rax, GATE_LOADED(%rbx)
    cmpq C(WORD_GS)(%rax), %rcx
    je gate_resume_begin
    movq C(WORD_GS)(%rax), %rcx
    wrgsbase %rcx
    jmp gate_resume_begin
2:  pushq %rax
    pushq %rax
    movq %rbx, %rdi
    movq %rax, %rsi
    call arch_switch
    popq %rax
    popq %rax
    jmp gate_resume_begin
    .cfi_endproc
    .size gate_switch, . - gate_switch

/* ---- Entries that are no calls -------------------------------------------------------------- */

/* A counted program has come to the next event. It lies behind the resume range. */
    .globl gate_budget_spent
    .type gate_budget_spent, @function
gate_budget_spent:
    .cfi_startproc
    save_call gate_keep_flags
    movq %rbx, %rdi
    call machine_on_event
    jmp gate_tail
    .cfi_endproc
    .size gate_budget_spent, . - gate_budget_spent

/* A signal handler sent the thread here from the middle of a program, with the machine in rbx: it
 * has put the general registers into the context; here are still the program's floating point
 * registers. */
    .globl gate_capture
    .type gate_capture, @function
gate_capture:
    .cfi_startproc
    .cfi_signal_frame
    STACK_OF_INTERRUPTED
    IN_CONTEXT(16, WORD_RIP)
    IN_CONTEXT(3, WORD_RBX)
    IN_CONTEXT(6, WORD_RBP)
    movq GATE_KERNEL_SP(%rbx), %rsp
    call gate_untell
    movq GATE_CURRENT(%rbx), %rbp
    movq C(WORD_STATE)(%rbp), %rcx
    movl GATE_STATE_MASK(%rbx), %eax
    movl 4+GATE_STATE_MASK(%rbx), %edx
    xsave64 (%rcx)
    call gate_host_state
    movq %rbx, %rdi
    call machine_on_event
    xorl %ebp, %ebp
    jmp gate_tail
    .cfi_endproc
    .size gate_capture, . - gate_capture

/* A signal came, or something was raised, while a context was about to be resumed. rbx: the machine. */
    .globl gate_abort
    .type gate_abort, @function
gate_abort:
    .cfi_startproc
    .cfi_undefined rip
    movq GATE_KERNEL_SP(%rbx), %rsp
    movl $1, GATE_IN_KERNEL(%rbx)
    call gate_untell
    xorl %ebp, %ebp
    call gate_host_state
    movq %rbx, %rdi
    call machine_on_event
    jmp gate_tail
    .cfi_endproc
    .size gate_abort, . - gate_abort

/* Puts processor state that a program may have changed to what C expects: of the flags, those that
 * a return from a signal does not set too. */
    .type gate_host_state, @function
gate_host_state:
    .cfi_startproc
    pushq $FLAGS_USUAL
    popfq
    fninit
    ldmxcsr usual_mxcsr(%rip)
    ret
    .cfi_endproc
    .size gate_host_state, . - gate_host_state

/* ---- The host's side ------------------------------------------------------------------------ */

/* void gate_run(struct machine *): begins with machine_on_event, runs until the machine ends. */
    .globl gate_run
    .type gate_run, @function
gate_run:
    .cfi_startproc
    pushq %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbp, 0
    pushq %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbx, 0
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp
    .cfi_adjust_cfa_offset 40
    stmxcsr (%rsp)
    fnstcw 4(%rsp)
    movq %rsp, GATE_KERNEL_SP(%rdi)
    movq %rdi, %rbx
    xorl %ebp, %ebp
    call machine_on_event
    jmp gate_tail
    .cfi_endproc
    .size gate_run, . - gate_run

/* void gate_leave(struct machine *): makes the gate_run of this machine return. */
    .globl gate_leave
    .type gate_leave, @function
gate_leave:
    .cfi_startproc
    .cfi_undefined rip
    movq %rdi, %rbx
gate_leave_here:
    movq GATE_KERNEL_SP(%rbx), %rsp
    fninit
    fldcw 4(%rsp)
    ldmxcsr (%rsp)
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .cfi_endproc
    .size gate_leave, . - gate_leave

    .section .rodata
    .balign 4
usual_mxcsr:
    .long MXCSR_USUAL
    .section .note.GNU-stack, "", @progbits
