/* SPDX-License-Identifier: MIT */
/* interface.md 13: what of the processor a thread has for itself, x86-64. Segment bases are set by
 * instructions that not every host allows; there they are illegal, and nothing else changes. Some
 * hosts do not promise them and run them all the same: there no other thread sees what one has set,
 * but it may itself lose it. */

#include "check.h"

const char check_section[] = "registers_x86";

#define OWN(n)       (UINT64_C(0x123456789000) + (uint64_t)(n)*0x1000)
#define USER_DATA    0x2b /* selectors that Linux gives to every program */
#define USER_CODE_32 0x23

#define PROMISES_BASES 2 /* of the host's features */

static uint64_t fs_base(void)
{
    uint64_t value;

    __asm__ volatile("rdfsbase %0" : "=r"(value));
    return value;
}

static uint64_t gs_base(void)
{
    uint64_t value;

    __asm__ volatile("rdgsbase %0" : "=r"(value));
    return value;
}

static void set_bases(uint64_t fs, uint64_t gs)
{
    __asm__ volatile("wrfsbase %0; wrgsbase %1" : : "r"(fs), "r"(gs));
}

/* ds, es, fs and gs. */
static uint64_t selectors(void)
{
    uint64_t ds, es, fs, gs;

    __asm__ volatile("xor %%eax, %%eax; mov %%ds, %0; mov %%es, %1; mov %%fs, %2; mov %%gs, %3"
                     : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs)
                     :
                     : "rax");
    return (ds & 0xffff) | (es & 0xffff) << 16 | (fs & 0xffff) << 32 | gs << 48;
}

static void expect(enum tr_class process_class, int64_t (*function)(uint64_t), uint64_t word,
                   uint64_t cause, int line)
{
    uint64_t pid = check_start_with(process_class, "odd", function, word, TR_SPAWN_WATCH);

    check_code_of(pid, cause == 0 ? TR_EVENT_EXITED : TR_EVENT_FAULTED, (int64_t)cause, line);
}

static int64_t looks_at_its_base(uint64_t unused)
{
    (void)unused;
    return gs_base() == 0 ? 0 : 1;
}

/* Whether programs can set bases here. */
static bool bases_work(void)
{
    struct tr_event event;

    check_end_of(check_start(TR_APPLICATION, "probe", looks_at_its_base, 0), &event);
    if (event.flags == TR_EVENT_EXITED) {
        CHECK_IS(event.size, 0);
        return true;
    }
    CHECK_IS(event.flags, TR_EVENT_FAULTED);
    CHECK_IS(event.size, TR_FAULT_ILLEGAL);
    return false;
}

/* Whether what they set is theirs to keep. */
static bool has_bases(void)
{
    return bases_work() && (check_host_features() & PROMISES_BASES) != 0;
}

/* ---- Bases ---------------------------------------------------------------------------------- */

#define ROUNDS 50

static void set_and_check(uint64_t fs)
{
    set_bases(fs, fs + 0x800);
    CHECK(tr_clock() > 0);
    CHECK(fs_base() == fs && gs_base() == fs + 0x800);
    CHECK_IS(tr_thread_yield(), 0);
    CHECK(fs_base() == fs && gs_base() == fs + 0x800);
    (void)tr_thread_sleep((uint64_t)tr_clock() + 1000 * (fs & 7));
    CHECK(fs_base() == fs && gs_base() == fs + 0x800);
}

/* Sets bases and finds them after calls, switches and sleeps, whatever others do. */
static int64_t keeps_its_bases(uint64_t number)
{
    struct tr_event event;
    uint8_t body[4000] = {0};

    for (uint64_t i = 0; i < ROUNDS; i++) {
        uint64_t fs = OWN(number * ROUNDS + i) + number;
        set_and_check(fs);
        CHECK(tr_message_send(check_self(), body, sizeof body, 0) > 0);
        CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
        CHECK(tr_message_read(event.object, body, sizeof body) >= 0);
        CHECK(fs_base() == fs && gs_base() == fs + 0x800);
    }
    return 0;
}

/* Counted: time makes it leave the processor in the middle. */
static int64_t counts_with_its_bases(uint64_t number)
{
    volatile uint64_t work = 0;

    set_bases(OWN(number), OWN(number) + 8);
    for (uint64_t i = 0; i < 2000000; i++) {
        work += i;
    }
    CHECK(fs_base() == OWN(number) && gs_base() == OWN(number) + 8);
    return 0;
}

/* Pages that come when they are touched, with a base of its own and no call between. */
static int64_t touches_with_its_bases(uint64_t number)
{
    int64_t va = tr_memory_allocate(200, 0, TR_READ | TR_WRITE);

    CHECK(va > 0);
    set_bases(OWN(number), OWN(number) + 8);
    for (uint64_t i = 0; i < 200; i++) {
        *(volatile uint8_t *)(uintptr_t)((uint64_t)va + i * TR_PAGE_SIZE) = 1;
        CHECK(fs_base() == OWN(number) && gs_base() == OWN(number) + 8);
    }
    return 0;
}

/* A port instruction is a trap into the kernel and back. */
static int64_t traps_with_its_bases(uint64_t number)
{
    uint8_t value = 0;

    CHECK_IS(tr_port_claim(0xe80 + number, 1), 0);
    set_bases(OWN(number), OWN(number) + 8);
    for (int i = 0; i < 100; i++) {
        __asm__ volatile("inb %%dx, %0" : "=a"(value) : "d"(0xe80 + number));
        CHECK_IS(value, 0xff);
        CHECK(fs_base() == OWN(number) && gs_base() == OWN(number) + 8);
    }
    return 0;
}

static void a_process_keeps_its_segment_bases(void)
{
    if (has_bases()) {
        check_three(TR_APPLICATION, keeps_its_bases, __LINE__);
        check_three(TR_APPLICATION, counts_with_its_bases, __LINE__);
        check_three(TR_APPLICATION, touches_with_its_bases, __LINE__);
        CHECK(bases_work());
    }
}

static void a_driver_keeps_them_over_traps(void)
{
    if (has_bases()) {
        check_three(TR_DRIVER, traps_with_its_bases, __LINE__);
        CHECK(has_bases());
    }
}

/* Sets a base and goes among others, which must not find it. */
static int64_t sets_and_looks(uint64_t number)
{
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t base = gs_base();
        CHECK(base == 0 || base == OWN(number));
        __asm__ volatile("wrgsbase %0" : : "r"(OWN(number)));
        CHECK_IS(tr_thread_yield(), 0);
    }
    return 0;
}

static void nobody_finds_what_another_has_set(void)
{
    if (bases_work()) {
        check_three(TR_APPLICATION, sets_and_looks, __LINE__);
        CHECK(bases_work());
    }
}

static uint64_t first_fs;

static int64_t thread_keeps_its_bases(uint64_t number)
{
    CHECK(gs_base() == 0 && fs_base() == first_fs);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        set_and_check(OWN(number * ROUNDS + i) + number);
    }
    return 0;
}

static void threads_of_a_process_keep_theirs(void)
{
    if (!has_bases()) {
        return;
    }
    first_fs = fs_base();
    set_bases(OWN(7777), OWN(8888));
    for (uint64_t i = 1; i <= 3; i++) {
        (void)check_told_thread(thread_keeps_its_bases, i, 0);
    }
    for (int ended = 0; ended < 3; ended++) {
        struct tr_event event;
        check_event_kind(&event, TR_EVENT_THREAD_EXIT, __LINE__);
        CHECK_IS(event.size, 0);
    }
    CHECK(fs_base() == OWN(7777) && gs_base() == OWN(8888));
}

/* Back to what it found: nothing of its own is left. */
static int64_t gives_its_base_back(uint64_t unused)
{
    uint64_t found = fs_base();

    (void)unused;
    set_bases(OWN(1), 0);
    CHECK(tr_clock() > 0);
    set_bases(found, 0);
    CHECK(tr_clock() > 0);
    CHECK_IS(tr_thread_yield(), 0);
    CHECK(fs_base() == found);
    return 0;
}

static volatile uint64_t nowhere = 8;

static int64_t faults_with_a_wild_base(uint64_t fs)
{
    set_bases(fs, ~fs);
    (void)tr_log("with a wild base", 16);
    return *(volatile uint8_t *)(uintptr_t)nowhere;
}

static int64_t leaves_with_a_wild_base(uint64_t fs)
{
    set_bases(fs, 1);
    return 0;
}

static void a_base_that_is_no_address_is_the_programs_own_affair(void)
{
    static const uint64_t wild[] = {0, 1, 0x1234, UINT64_C(0x7fffffffffff),
                                    UINT64_C(0xffff800000000000)};

    if (!has_bases()) {
        return;
    }
    expect(TR_APPLICATION, gives_its_base_back, 0, 0, __LINE__);
    for (size_t i = 0; i < sizeof wild / sizeof wild[0]; i++) {
        expect(TR_APPLICATION, faults_with_a_wild_base, wild[i], TR_FAULT_PAGE, __LINE__);
        expect(TR_APPLICATION, leaves_with_a_wild_base, wild[i], 0, __LINE__);
    }
}

/* ---- Selectors ------------------------------------------------------------------------------ */

static int64_t has_plain_selectors(uint64_t unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_IS(selectors(), 0);
        CHECK_IS(tr_thread_yield(), 0);
    }
    return 0;
}

/* Loads them again and again, with calls and switches between. */
static int64_t loads_selectors(uint64_t selector)
{
    for (int i = 0; i < ROUNDS; i++) {
        __asm__ volatile("mov %k0, %%ds; mov %k0, %%es; mov %k0, %%gs; mov %k0, %%fs"
                         :
                         : "r"(selector));
        CHECK(tr_clock() > 0);
        (void)tr_log("selectors", 9);
        CHECK_IS(tr_thread_yield(), 0);
        (void)tr_thread_sleep((uint64_t)tr_clock() + 1000);
    }
    return 0;
}

static int64_t loads_one_that_is_none(uint64_t unused)
{
    (void)unused;
    __asm__ volatile("mov %k0, %%fs" : : "r"(UINT64_C(0xfff8)));
    return 0;
}

static int64_t goes_into_32_bits(uint64_t selector)
{
    __asm__ volatile("push %0; lea 1f(%%rip), %%rax; push %%rax; lretq; 1: nop; nop"
                     :
                     : "r"(selector)
                     : "rax", "memory");
    return 0;
}

/* A memory checker does not know these instructions: there they are illegal. */
static void selectors_are_seen_by_nobody_else(void)
{
    const uint64_t loaded[] = {0, USER_DATA, 3};

    for (size_t i = 0; i < sizeof loaded / sizeof loaded[0]; i++) {
        struct tr_event event;
        uint64_t other = check_start(TR_APPLICATION, "plain", has_plain_selectors, 0);
        check_end_of(check_start(TR_APPLICATION, "odd", loads_selectors, loaded[i]), &event);
        CHECK((event.flags == TR_EVENT_EXITED && event.size == 0) ||
              (event.flags == TR_EVENT_FAULTED && event.size == TR_FAULT_ILLEGAL));
        if (event.flags == TR_EVENT_EXITED) {
            check_end_of(other, &event);
            CHECK(event.size == 0);
            expect(TR_APPLICATION, has_plain_selectors, 0, 0, __LINE__);
        }
    }
}

static void a_bad_selector_ends_the_process_only(void)
{
    struct tr_event event;

    check_end_of(check_start(TR_APPLICATION, "odd", loads_one_that_is_none, 0), &event);
    CHECK_IS(event.flags, TR_EVENT_FAULTED);
    check_end_of(check_start(TR_APPLICATION, "odd", goes_into_32_bits, USER_CODE_32), &event);
    CHECK_IS(event.flags, TR_EVENT_FAULTED);
}

const struct check_case check_cases[] = {
    CHECK_ROW_PROGRAM(TR_SERVER, a_process_keeps_its_segment_bases),
    CHECK_ROW_PROGRAM(TR_SERVER, nobody_finds_what_another_has_set),
    CHECK_ROW_PROGRAM(TR_DRIVER, a_driver_keeps_them_over_traps),
    CHECK_ROW_PROGRAM(TR_SERVER, threads_of_a_process_keep_theirs),
    CHECK_ROW_PROGRAM(TR_SERVER, a_base_that_is_no_address_is_the_programs_own_affair),
    CHECK_ROW_PROGRAM(TR_SERVER, selectors_are_seen_by_nobody_else),
    CHECK_ROW_PROGRAM(TR_SERVER, a_bad_selector_ends_the_process_only),
    CHECK_END,
};
