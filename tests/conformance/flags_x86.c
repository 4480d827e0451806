/* SPDX-License-Identifier: MIT */
/* interface.md 13: a program may set any processor flag, and a thread finds only its own; so too
 * for the modes and flags of floating point. x86-64. */

#include "check.h"

const char check_section[] = "flags_x86";

#define ROUNDS 50

/* ---- Flags ---------------------------------------------------------------------------------- */

#define FLAG_TRAP      UINT64_C(0x100)
#define FLAG_DIRECTION UINT64_C(0x400)
#define FLAG_NESTED    UINT64_C(0x4000)
#define FLAG_ALIGNMENT UINT64_C(0x40000)
#define FLAG_ID        UINT64_C(0x200000)
#define FLAGS_ODD      (FLAG_TRAP | FLAG_DIRECTION | FLAG_NESTED | FLAG_ALIGNMENT | FLAG_ID)

static uint64_t flags_odd(void)
{
    uint64_t flags;

    __asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; pop %0; lea 128(%%rsp), %%rsp"
                     : "=r"(flags)
                     :
                     : "memory");
    return flags & FLAGS_ODD;
}

static void set_flags(uint64_t flags)
{
    __asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; andl %1, (%%rsp); or %0, (%%rsp); popfq;"
                     "lea 128(%%rsp), %%rsp"
                     :
                     : "r"(flags), "r"((uint32_t)~FLAGS_ODD)
                     : "memory", "cc");
}

static const uint64_t flags_set[] = {
    FLAG_DIRECTION,
    FLAG_NESTED,
    FLAG_ALIGNMENT,
    FLAG_ID,
    FLAG_DIRECTION | FLAG_ALIGNMENT,
    FLAG_DIRECTION | FLAG_NESTED | FLAG_ALIGNMENT | FLAG_ID,
};
#define FLAGS_SET (sizeof flags_set / sizeof flags_set[0])

static void flags_are_off_after_a_call(void)
{
    for (size_t i = 0; i < FLAGS_SET; i++) {
        set_flags(flags_set[i]);
        int64_t time = tr_clock();
        CHECK_IS(flags_odd(), 0);
        set_flags(flags_set[i]);
        int64_t yielded = tr_thread_yield();
        CHECK_IS(flags_odd(), 0);
        set_flags(flags_set[i]);
        int64_t slept = tr_thread_sleep((uint64_t)time + 1000000);
        CHECK_IS(flags_odd(), 0);
        CHECK(time > 0 && yielded == 0 && slept == 0);
    }
}

static int64_t finds_no_flags(uint64_t rounds)
{
    for (uint64_t i = 0; i < rounds; i++) {
        CHECK_IS(flags_odd(), 0);
        CHECK_IS(tr_thread_yield(), 0);
    }
    return 0;
}

static int64_t calls_with_flags(uint64_t flags)
{
    static char body[4100], copy[4100];

    for (int i = 0; i < ROUNDS; i++) {
        struct tr_event event;
        set_flags(flags);
        int64_t yielded = tr_thread_yield();
        set_flags(flags);
        int64_t id = tr_message_send(check_self(), body + 1, 4097, 0);
        set_flags(flags);
        int64_t took = tr_event_wait(&event, TR_FOREVER);
        set_flags(flags);
        int64_t size = tr_message_read((uint64_t)id, copy + 1, 4097);
        CHECK(yielded == 0 && id > 0 && took == 1 && size == 4097);
    }
    return 0;
}

static volatile uint64_t nowhere = 8;

static int64_t faults_with_flags(uint64_t flags)
{
    set_flags(flags);
    return *(volatile uint8_t *)(uintptr_t)nowhere;
}

static void nobody_finds_the_flags_of_the_dead(void)
{
    for (size_t i = 0; i < FLAGS_SET; i++) {
        uint64_t tid = check_told_thread(finds_no_flags, 4 * ROUNDS, 0);
        struct tr_event event;
        for (int k = 0; k < 3; k++) {
            check_end_of(check_start(TR_SERVER, "odd", faults_with_flags, flags_set[i]), &event);
            CHECK_IS(flags_odd(), 0);
        }
        CHECK_IS(check_thread_code(tid), 0);
    }
}

static void nobody_finds_the_flags_of_another(void)
{
    for (size_t i = 0; i < FLAGS_SET; i++) {
        uint64_t tid = check_told_thread(finds_no_flags, ROUNDS, 0);
        (void)check_start(TR_SERVER, "plain", finds_no_flags, 4 * ROUNDS);
        struct tr_event event;
        uint64_t pid = check_start_with(TR_SERVER, "odd", calls_with_flags, flags_set[i], 0);
        CHECK_IS(check_thread_code(tid), 0);
        check_end_of(pid, &event);
        CHECK_IS(event.size, 0);
    }
}

/* Not by a call: what stops the thread in the middle leaves its flags alone. Nobody can promise it
 * for nested task: there are hosts where any page fault clears it. What a checker does not keep is
 * not looked at. */
static uint64_t flags_lasting(void)
{
    return flags_odd() & ~FLAG_NESTED;
}

static int64_t keeps_flags_over_traps(uint64_t number)
{
    const uint64_t wanted = FLAG_ALIGNMENT | FLAG_NESTED | FLAG_ID;
    int64_t va = tr_memory_allocate(ROUNDS, 0, TR_READ | TR_WRITE);
    uint8_t value = 0;

    CHECK(va > 0);
    CHECK_IS(tr_port_claim(0xe80 + number, 1), 0);
    set_flags(wanted);
    uint64_t kept = flags_lasting();
    for (uint64_t i = 0; i < ROUNDS; i++) {
        __asm__ volatile("inb %%dx, %0" : "=a"(value) : "d"(0xe80 + number));
        CHECK_IS(flags_lasting(), kept);
        *(volatile uint8_t *)(uintptr_t)((uint64_t)va + i * TR_PAGE_SIZE) = value;
        CHECK_IS(flags_lasting(), kept);
    }
    return 0;
}

static int64_t keeps_flags_over_slices(uint64_t flags)
{
    volatile uint64_t work = 0;

    set_flags(flags);
    uint64_t kept = flags_lasting();
    for (uint64_t i = 0; i < 4000000; i++) {
        work += i;
    }
    CHECK_IS(flags_lasting(), kept);
    return 0;
}

static void an_interrupted_thread_keeps_its_flags(void)
{
    check_three(TR_DRIVER, keeps_flags_over_traps, __LINE__);
    for (size_t i = 0; i < FLAGS_SET; i++) {
        struct tr_event event;
        (void)check_start(TR_APPLICATION, "plain", finds_no_flags, 10);
        uint64_t pid = check_start(TR_APPLICATION, "slices", keeps_flags_over_slices, flags_set[i]);
        (void)check_start(TR_APPLICATION, "slices", keeps_flags_over_slices, flags_set[i]);
        check_end_of(pid, &event);
        CHECK_IS(event.size, 0);
    }
}

/* Under a checker the interrupt flag is not shown. */
static bool is_checked(void)
{
    uint64_t flags;

    __asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; pop %0; lea 128(%%rsp), %%rsp"
                     : "=r"(flags)
                     :
                     : "memory");
    return (flags & 0x200) == 0;
}

static int64_t traps(uint64_t unused)
{
    (void)unused;
    set_flags(FLAG_TRAP);
    return 0;
}

static int64_t traps_in_a_call(uint64_t unused)
{
    (void)unused;
    __asm__ volatile("pushfq; orl $0x100, (%%rsp); popfq; call *%0"
                     :
                     : "r"(tr_clock)
                     : "memory", "cc", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11");
    return 0;
}

static int64_t loads_misaligned_under_check(uint64_t unused)
{
    static volatile uint64_t words[2];

    (void)unused;
    set_flags(FLAG_ALIGNMENT);
    __asm__ volatile("mov 1(%0), %%rax" : : "r"(words) : "rax");
    return 0;
}

/* A checker has these flags, but they do nothing. */
static void trap_and_misalignment_are_illegal(void)
{
    static int64_t (*const functions[])(uint64_t) = {traps, traps_in_a_call,
                                                     loads_misaligned_under_check};
    uint64_t exited = 0;

    for (size_t i = 0; i < 3; i++) {
        struct tr_event event;
        check_end_of(check_start(TR_APPLICATION, "odd", functions[i], 0), &event);
        exited += event.flags == TR_EVENT_EXITED;
        CHECK(event.flags == TR_EVENT_EXITED || event.size == TR_FAULT_ILLEGAL);
    }
    CHECK(exited == 0 || is_checked());
}

/* ---- Floating point ------------------------------------------------------------------------- */

#define MXCSR_USUAL   0x1f80u
#define MXCSR_OWN     0x7f80u /* towards zero */
#define MXCSR_FLAGS   0x3fu
#define CONTROL_USUAL 0x37fu
#define CONTROL_OWN   0xf7fu /* towards zero */
#define TAGS_EMPTY    0xffffu

struct x87 {
    uint32_t control, status, tags, rest[4];
};

static uint32_t mxcsr(void)
{
    uint32_t value;

    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value;
}

static struct x87 x87(void)
{
    struct x87 found;

    __asm__ volatile("fnstenv %0; fldenv %0" : "=m"(found));
    return found;
}

static void set_modes(uint32_t sse, uint32_t control)
{
    uint16_t word = (uint16_t)control;

    __asm__ volatile("ldmxcsr %0; fldcw %1" : : "m"(sse), "m"(word));
}

static int64_t keeps_its_modes(uint64_t number)
{
    uint32_t sse = number % 2 == 0 ? MXCSR_OWN : MXCSR_USUAL;
    uint32_t control = number % 3 == 0 ? CONTROL_OWN : CONTROL_USUAL;

    CHECK_IS(mxcsr(), MXCSR_USUAL);
    CHECK_IS(x87().control & 0xffff, CONTROL_USUAL);
    for (int i = 0; i < ROUNDS; i++) {
        set_modes(sse, control);
        CHECK(tr_clock() > 0);
        CHECK_IS(mxcsr() & ~MXCSR_FLAGS, sse);
        CHECK_IS(tr_thread_yield(), 0);
        CHECK_IS(mxcsr() & ~MXCSR_FLAGS, sse);
        CHECK_IS(x87().control & 0xffff, control);
        (void)tr_thread_sleep((uint64_t)tr_clock() + 1000 * number);
        CHECK_IS(mxcsr() & ~MXCSR_FLAGS, sse);
        CHECK_IS(x87().control & 0xffff, control);
    }
    return 0;
}

static void rounding_is_the_threads_own(void)
{
    check_three(TR_APPLICATION, keeps_its_modes, __LINE__);
}

enum left { LEFT_FULL, LEFT_VECTORS, LEFT_FLAGS, LEFT_PENDING, LEFT_KINDS };

/* Calls with the floating point unit in a state that no function may leave it in. */
static int64_t leaves_x87(uint64_t left)
{
    for (int i = 0; i < ROUNDS; i++) {
        if (left == LEFT_FULL) {
            __asm__ volatile("fninit; fld1; fld1; fld1; fld1; fld1; fld1; fld1; fld1");
        } else if (left == LEFT_VECTORS) {
            __asm__ volatile("movd %0, %%mm0" : : "r"(i));
        } else if (left == LEFT_FLAGS) {
            __asm__ volatile("fninit; fld1; fldz; fdivrp; fstp %%st(0)" : : : "st");
        } else {
            const uint16_t unmasked = 0x340;
            __asm__ volatile("fninit; fldcw %0; fld1; fldz; fdivrp" : : "m"(unmasked));
        }
        CHECK_IS(tr_thread_yield(), 0);
        (void)tr_thread_sleep((uint64_t)tr_clock() + 1000);
    }
    __asm__ volatile("fninit");
    return 0;
}

static int64_t finds_x87_empty(uint64_t unused)
{
    (void)unused;
    for (int i = 0; i < 2 * ROUNDS; i++) {
        struct x87 found = x87();
        CHECK_IS(found.control & 0xffff, CONTROL_USUAL);
        CHECK_IS(found.status & 0xffff, 0);
        CHECK_IS(found.tags & 0xffff, TAGS_EMPTY);
        CHECK_IS(tr_thread_yield(), 0);
    }
    return 0;
}

static void nobody_finds_the_x87_of_another(void)
{
    for (uint64_t left = 0; left < LEFT_KINDS; left++) {
        struct tr_event event;
        uint64_t other = check_start_with(TR_APPLICATION, "plain", finds_x87_empty, 0, 0);
        uint64_t odd = check_start_with(TR_APPLICATION, "odd", leaves_x87, left, TR_SPAWN_WATCH);
        CHECK_IS(tr_process_watch(other, 0), 0);
        for (int i = 0; i < 2; i++) {
            check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
            CHECK(event.object == other || event.object == odd);
            CHECK_IS(event.flags, TR_EVENT_EXITED);
            CHECK_IS(event.size, 0);
        }
    }
}

const struct check_case check_cases[] = {
    CHECK_ROW_PROGRAM(TR_SERVER, flags_are_off_after_a_call),
    CHECK_ROW_PROGRAM(TR_SERVER, nobody_finds_the_flags_of_another),
    CHECK_ROW_PROGRAM(TR_SERVER, nobody_finds_the_flags_of_the_dead),
    CHECK_ROW_PROGRAM(TR_DRIVER, an_interrupted_thread_keeps_its_flags),
    CHECK_ROW_PROGRAM(TR_SERVER, trap_and_misalignment_are_illegal),
    CHECK_ROW_PROGRAM(TR_SERVER, rounding_is_the_threads_own),
    CHECK_ROW_PROGRAM(TR_SERVER, nobody_finds_the_x87_of_another),
    CHECK_END,
};
