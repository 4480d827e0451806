/* SPDX-License-Identifier: MIT */
/* For test_seen.sh: prints everything that a program finds without having put it there: addresses
 * of ghosts, registers and stack words at the entry of its first and of another thread, what calls
 * leave in registers. None of it may differ between runs. */

#include <stdio.h>
#include <string.h>
#include <terrarium.h>

#define REGISTERS 20
#define FXSAVE    512

struct found {
    uint64_t registers[REGISTERS]; /* rax to r15 in order of their numbers, flags, selectors */
    uint8_t state[FXSAVE] __attribute__((aligned(16)));
};

/* record(found): everything, changing nothing. thread_begins: a thread's first function. Its word
 * is a place for what it finds, where record wants it. call_and_record(call, found). */
int64_t thread_begins(uint64_t place);
void call_and_record(void *call, struct found *found);

__asm__(".text\n"
        ".macro keep_all\n"
        "mov %rax, (%r15); mov %rcx, 8(%r15); mov %rdx, 16(%r15); mov %rbx, 24(%r15)\n"
        "mov %rsp, 32(%r15); mov %rbp, 40(%r15); mov %rsi, 48(%r15); mov %rdi, 56(%r15)\n"
        "mov %r8, 64(%r15); mov %r9, 72(%r15); mov %r10, 80(%r15); mov %r11, 88(%r15)\n"
        "mov %r12, 96(%r15); mov %r13, 104(%r15); mov %r14, 112(%r15)\n"
        "fxsave64 160(%r15)\n"
        "pushfq; pop %rax; mov %rax, 128(%r15)\n"
        ".endm\n"
        ".globl thread_begins\n"
        "thread_begins:\n"
        "mov %r15, %rax; mov %rdi, %r15; mov %rax, 120(%r15)\n"
        "xor %eax, %eax\n"
        "keep_all\n"
        "mov (%rsp), %rax; mov %rax, 136(%r15)\n"
        "mov 8(%rsp), %rax; mov %rax, 144(%r15)\n"
        "xor %eax, %eax; ret\n"
        ".globl call_and_record\n"
        "call_and_record:\n"
        "push %r15; mov %rsi, %r15\n"
        "call *%rdi\n"
        "keep_all\n"
        "pop %r15; ret\n");

static void tell(const char *what, const struct found *found)
{
    for (size_t i = 0; i < REGISTERS; i++) {
        printf("%s %d: %016llx\n", what, (int)i, (unsigned long long)found->registers[i]);
    }
}

/* The x87, MXCSR (not its mask, which is the processor's) and vector registers. */
static void tell_state(const char *what, const struct found *found)
{
    uint64_t words[FXSAVE / 8];

    memcpy(words, found->state, sizeof words);
    for (size_t i = 0; i < 52; i++) {
        uint64_t word = i == 3 ? words[i] & UINT32_MAX : words[i];
        if (word != 0) {
            printf("%s state %d: %016llx\n", what, (int)i, (unsigned long long)word);
        }
    }
}

/* From here to the frame of the very first function, and the word behind its return address. */
static void tell_first_stack(void)
{
    const uint64_t *frame = __builtin_frame_address(0);

    for (int i = 0; frame != NULL; i++) {
        printf("frame %d: %016llx %016llx\n", i, (unsigned long long)frame[0],
               (unsigned long long)frame[1]);
        frame = (const uint64_t *)(uintptr_t)frame[0];
    }
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"tr_call", "tr_clock", "tr_symbol_find", "tr_thread_exit",
                                        "__sanitizer_cov_trace_pc"};
    static struct found found[4] __attribute__((aligned(16)));
    static uint8_t stack[16384] __attribute__((aligned(16)));
    struct tr_event event;

    (void)argc;
    (void)argv;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        printf("%s: %016llx\n", names[i], (unsigned long long)tr_symbol_find(names[i]));
    }
    tell_first_stack();
    (void)tr_thread_create(thread_begins, (uint64_t)(uintptr_t)&found[0],
                           (uint64_t)(uintptr_t)(stack + sizeof stack), TR_THREAD_NOTIFY);
    (void)tr_event_wait(&event, TR_FOREVER);
    tell("thread", &found[0]);
    tell_state("thread", &found[0]);
    call_and_record((void *)(uintptr_t)tr_clock, &found[1]);
    tell("after tr_clock", &found[1]);
    call_and_record((void *)(uintptr_t)tr_thread_yield, &found[2]);
    tell("after tr_thread_yield", &found[2]);
    return 0;
}
