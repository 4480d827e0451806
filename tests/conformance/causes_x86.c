/* SPDX-License-Identifier: MIT */
/* interface.md 13: what a fault is called, and where the log says it was, when the processor gives
 * no address of its own: the instruction knows. */

#include <string.h>

#include "check.h"

const char check_section[] = "causes_x86";

#define WILD UINT64_C(0xefefefefefefef00)

/* As many bytes as the widest store, and room to be off by some. */
static char causes_bytes[64] __attribute__((aligned(16), used));

/* A deed: rax and rdi hold the word, rcx 2, rdx the bytes. */
#define DEED(name, text)                                                                           \
    static int64_t name(uint64_t word)                                                             \
    {                                                                                              \
        uint64_t a = word, c = 2, d = CHECK_WORD(causes_bytes), to = word;                         \
        __asm__ volatile("cld;" text                                                               \
                         : "+a"(a), "+c"(c), "+d"(d), "+D"(to)                                     \
                         :                                                                         \
                         : "rbx", "rsi", "r8", "r12", "r13", "xmm0", "xmm1", "memory", "cc");      \
        return (int64_t)a;                                                                         \
    }

/* ---- Pointers that are no addresses --------------------------------------------------------- */

DEED(loads, "mov (%%rax), %%rbx")
DEED(stores_beside, "movb $1, 0x10(%%rax)")
DEED(stores_far, "movl $1, 0x12345(%%rax)")
DEED(indexes, "mov 8(%%rax, %%rcx, 4), %%ebx")
DEED(indexes_only, "shr $1, %%rax; mov 0x20(, %%rax, 2), %%ebx")
DEED(loads_by_r13, "mov %%rax, %%r13; mov (%%r13), %%r8")
DEED(loads_by_r12, "mov %%rax, %%r12; movzbl 4(%%r12), %%r8d")
DEED(adds_16_bits, "addw $0x1234, (%%rax)")
DEED(adds_locked, "lock xadd %%rbx, (%%rax)")
DEED(moves_unaligned, "movups (%%rax), %%xmm0")
DEED(moves_aligned, "movaps (%%rax), %%xmm0")
DEED(moves_a_string, "mov %%rax, %%rsi; mov %%rdx, %%rdi; rep movsb")
DEED(fills_a_string, "rep stosb")
DEED(loads_absolute, "movabs 0xefefefefefefef00, %%al")
DEED(jumps, "jmp *%%rax")
DEED(jumps_by_memory, "mov %%rax, (%%rdx); jmp *(%%rdx)")
DEED(jumps_by_wild_memory, "jmp *(%%rax)")
DEED(returns, "push %%rax; ret")
DEED(pushes, "mov %%rax, %%rsp; push %%rbx")
DEED(pops, "mov %%rax, %%rsp; pop %%rbx")
DEED(calls, "mov %%rax, %%rsp; call 1f; 1: nop")
DEED(loads_by_stack, "mov %%rax, %%rsp; mov 0x10(%%rsp), %%rbx")
DEED(loads_by_frame, "mov %%rax, %%rbp; mov -0x10(%%rbp), %%rbx")
DEED(leaves, "mov %%rax, %%rbp; leave")

/* ---- Misalignment, and what is forbidden or odd --------------------------------------------- */

DEED(moves_misaligned, "movaps 1(%%rdx), %%xmm0")
DEED(adds_misaligned, "paddd 2(%%rdx), %%xmm0")
DEED(shuffles_misaligned, "pshufd $0x1b, causes_bytes+3(%%rip), %%xmm0")
DEED(exchanges_misaligned, "mov %%rdx, %%r8; xor %%edx, %%edx; lock cmpxchg16b 8(%%r8)")
DEED(checks_alignment, "pushfq; orl $0x40000, (%%rsp); popfq; addl $0x12345678, 5(%%rdx)")
DEED(steps, "pushfq; orl $0x100, (%%rsp); popfq; nop; nop")
DEED(breaks, "int3")
DEED(breaks_in_circuit, ".byte 0xf1")
DEED(overflows, "int $4")
DEED(is_undefined, "ud2")
DEED(calls_an_interrupt, "int $0x41")
DEED(loads_a_segment, "mov $0x1234, %%ebx; mov %%ebx, %%ds")
DEED(loads_the_stacks_segment, "xor %%ebx, %%ebx; mov %%ebx, %%ss")
DEED(returns_far, "pushq $0x1234; push %%rax; lretq")
DEED(returns_from_an_interrupt, "pushq $0; push %%rsp; pushfq; pushq $0x1234; push %%rax; iretq")
DEED(writes_a_control_register, "mov %%rax, %%cr3")
DEED(sets_bad_controls, "movl $-1, (%%rdx); ldmxcsr (%%rdx)")
DEED(sets_bad_controls_beside, "movl $-1, 4(%%rdx); ldmxcsr 4(%%rdx)")
DEED(loads_a_misaligned_state, "xor %%eax, %%eax; mov %%rdx, %%rbx; xor %%edx, %%edx;"
                               "and $-64, %%rbx; xrstor 16(%%rbx)")
DEED(divides_x87, "movw $0x37b, (%%rdx); fldcw (%%rdx); fld1; fldz; fdivrp; fwait")
DEED(divides_sse, "movl $0x1d80, (%%rdx); ldmxcsr (%%rdx); mov $1, %%ebx;"
                  "cvtsi2ss %%ebx, %%xmm0; xorps %%xmm1, %%xmm1; divss %%xmm1, %%xmm0")

static const struct deed {
    int64_t (*function)(uint64_t);
    enum tr_fault cause;
    const char *name;  /* what the record calls it */
    const char *place; /* and more of it */
} deeds[] = {
    {loads, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {stores_beside, TR_FAULT_PAGE, "page fault", "address efefefefefefef10,"},
    {stores_far, TR_FAULT_PAGE, "page fault", "address efefefefeff11245,"},
    {indexes, TR_FAULT_PAGE, "page fault", "address efefefefefefef10,"},
    {indexes_only, TR_FAULT_PAGE, "page fault", "address efefefefefefef20,"},
    {loads_by_r13, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {loads_by_r12, TR_FAULT_PAGE, "page fault", "address efefefefefefef04,"},
    {adds_16_bits, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {adds_locked, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {moves_unaligned, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {moves_aligned, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {moves_a_string, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {fills_a_string, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {loads_absolute, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {jumps, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {jumps_by_memory, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {jumps_by_wild_memory, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {returns, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {pushes, TR_FAULT_PAGE, "page fault", "address efefefefefefeef8,"},
    {pops, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {calls, TR_FAULT_PAGE, "page fault", "address efefefefefefeef8,"},
    {loads_by_stack, TR_FAULT_PAGE, "page fault", "address efefefefefefef10,"},
    {loads_by_frame, TR_FAULT_PAGE, "page fault", "address efefefefefefeef0,"},
    {leaves, TR_FAULT_PAGE, "page fault", "address efefefefefefef00,"},
    {moves_misaligned, TR_FAULT_ILLEGAL, "misaligned access", "1, ip"},
    {adds_misaligned, TR_FAULT_ILLEGAL, "misaligned access", "2, ip"},
    {shuffles_misaligned, TR_FAULT_ILLEGAL, "misaligned access", "3, ip"},
    {exchanges_misaligned, TR_FAULT_ILLEGAL, "misaligned access", "8, ip"},
    {checks_alignment, TR_FAULT_ILLEGAL, "misaligned access", "5, ip"},
    {steps, TR_FAULT_ILLEGAL, "trap", "ip"},
    {breaks, TR_FAULT_ILLEGAL, "trap", "ip"},
    {breaks_in_circuit, TR_FAULT_ILLEGAL, "trap", "ip"},
    {overflows, TR_FAULT_ILLEGAL, "trap", "ip"},
    {is_undefined, TR_FAULT_ILLEGAL, "illegal instruction", "ip"},
    {calls_an_interrupt, TR_FAULT_PRIVILEGED, "privileged instruction", "ip"},
    {loads_a_segment, TR_FAULT_PRIVILEGED, "bad segment", "ip"},
    {loads_the_stacks_segment, TR_FAULT_PRIVILEGED, "bad segment", "ip"},
    {returns_far, TR_FAULT_PRIVILEGED, "bad segment", "ip"},
    {returns_from_an_interrupt, TR_FAULT_PRIVILEGED, "bad segment", "ip"},
    {writes_a_control_register, TR_FAULT_PRIVILEGED, "privileged instruction", "ip"},
    {sets_bad_controls, TR_FAULT_ILLEGAL, "bad operand", "ip"},
    {sets_bad_controls_beside, TR_FAULT_ILLEGAL, "bad operand", "ip"},
    {loads_a_misaligned_state, TR_FAULT_ILLEGAL, "misaligned access", "0, ip"},
    {divides_x87, TR_FAULT_DIVIDE, "floating-point exception", "ip"},
    {divides_sse, TR_FAULT_DIVIDE, "floating-point exception", "ip"},
};

/* The log that hands every record of a fault on. */
static int64_t hands_on(uint64_t parent)
{
    for (;;) {
        static char text[TR_LOG_MAX];
        struct tr_event event;

        CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
        int64_t size = tr_message_read(event.object, text, sizeof text);
        CHECK(size >= 0);
        if (event.cookie == TR_LOG_FAULT) {
            CHECK(tr_message_send(parent, text, (uint64_t)size, 0) > 0);
        }
    }
}

static void expect(const struct deed *deed)
{
    static char text[TR_LOG_MAX + 1];
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "wild", deed->function, WILD);

    CHECK_IS(tr_process_watch(pid, 0), 0);
    for (uint32_t i = 0; i < 2; i++) {
        check_event(&event);
        if (event.kind == TR_EVENT_PROCESS_EXIT) {
            if (event.flags != TR_EVENT_FAULTED || event.size != (uint64_t)deed->cause) {
                check_failed(__LINE__, deed - deeds);
            }
            continue;
        }
        int64_t size = tr_message_read(event.object, text, TR_LOG_MAX);
        CHECK(size > 0);
        text[size] = '\0';
    }
    if (strstr(text, deed->name) == NULL || strstr(text, deed->place) == NULL) {
        (void)tr_log(text, strlen(text));
        check_failed(__LINE__, deed - deeds);
    }
}

static void causes_and_addresses_are_the_instructions(void)
{
    (void)check_start(TR_APPLICATION, "log", hands_on, check_self());
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        expect(&deeds[i]);
    }
}

const struct check_case check_cases[] = {
    CHECK_ROW_PROGRAM(TR_SERVER, causes_and_addresses_are_the_instructions),
    CHECK_END,
};
