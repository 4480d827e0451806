/* SPDX-License-Identifier: MIT */
/* interface.md 4.9: a thread's pointer, on every host. What is looked at is what a compiler would
 * look at: words beside the pointer. */

#include "check.h"

const char check_section[] = "pointer";

#define ROUNDS 50

/* What a pointer points to. On x86-64 compilers take the first word for its own address. */
struct block {
    uint64_t self, mark;
};

static uint64_t mark(void)
{
    uint64_t value;

#ifdef __x86_64__
    __asm__ volatile("movq %%fs:8, %0" : "=r"(value));
#else
    const struct block *block;
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(block));
    value = block->mark;
#endif
    return value;
}

static int64_t point_to(struct block *block, uint64_t value)
{
    block->self = (uint64_t)(uintptr_t)block;
    block->mark = value;
    return tr_thread_pointer(block->self);
}

static int64_t keeps_it_over_calls(uint64_t number)
{
    struct block blocks[2];
    struct tr_event event;
    uint8_t body[4000] = {0};

    for (uint64_t i = 0; i < ROUNDS; i++) {
        uint64_t value = number * ROUNDS + i;
        CHECK_IS(point_to(&blocks[i & 1], value), 0);
        CHECK_IS(mark(), value);
        CHECK(tr_clock() > 0);
        CHECK_IS(mark(), value);
        CHECK_IS(tr_thread_yield(), 0);
        CHECK_IS(mark(), value);
        (void)tr_thread_sleep((uint64_t)tr_clock() + 1000 * (value & 7));
        CHECK_IS(mark(), value);
        CHECK(tr_message_send(check_self(), body, sizeof body, 0) > 0);
        CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
        CHECK(tr_message_read(event.object, body, sizeof body) >= 0);
        CHECK_IS(mark(), value);
    }
    return 0;
}

/* Time makes it leave the processor in the middle. */
static int64_t keeps_it_over_slices(uint64_t number)
{
    struct block block;
    volatile uint64_t work = 0;

    CHECK_IS(point_to(&block, number), 0);
    for (uint64_t i = 0; i < 2000000; i++) {
        work += i;
        if ((i & 0xfff) == 0) {
            CHECK_IS(mark(), number);
        }
    }
    CHECK_IS(mark(), number);
    return 0;
}

static int64_t keeps_it_over_missing_pages(uint64_t number)
{
    struct block block;
    int64_t va = tr_memory_allocate(200, 0, TR_READ | TR_WRITE);

    CHECK(va > 0);
    CHECK_IS(point_to(&block, number), 0);
    for (uint64_t i = 0; i < 200; i++) {
        *(volatile uint8_t *)(uintptr_t)((uint64_t)va + i * TR_PAGE_SIZE) = 1;
        CHECK_IS(mark(), number);
    }
    return 0;
}

/* A page of the block itself may be missing. */
static int64_t points_to_a_missing_page(uint64_t number)
{
    int64_t va = tr_memory_allocate(1, 0, TR_READ | TR_WRITE);

    CHECK(va > 0);
    CHECK_IS(tr_thread_pointer((uint64_t)va), 0);
    CHECK_IS(mark(), 0);
    ((struct block *)(uintptr_t)va)->mark = number;
    CHECK_IS(tr_thread_yield(), 0);
    CHECK_IS(mark(), number);
    return 0;
}

static void a_process_keeps_its_pointer(void)
{
    check_three(TR_APPLICATION, keeps_it_over_calls, __LINE__);
    check_three(TR_APPLICATION, keeps_it_over_slices, __LINE__);
    check_three(TR_APPLICATION, keeps_it_over_missing_pages, __LINE__);
    check_three(TR_APPLICATION, points_to_a_missing_page, __LINE__);
}

#ifdef __x86_64__
static int64_t keeps_it_over_traps(uint64_t number)
{
    struct block block;
    uint8_t value = 0;

    CHECK_IS(tr_port_claim(0xe80 + number, 1), 0);
    CHECK_IS(point_to(&block, number), 0);
    for (int i = 0; i < 100; i++) {
        __asm__ volatile("inb %%dx, %0" : "=a"(value) : "d"(0xe80 + number));
        CHECK_IS(value, 0xff);
        CHECK_IS(mark(), number);
    }
    return 0;
}

static void a_driver_keeps_it_over_traps(void)
{
    check_three(TR_DRIVER, keeps_it_over_traps, __LINE__);
}
#endif

static int64_t thread_keeps_its_own(uint64_t number)
{
    struct block block;

    for (uint64_t i = 0; i < ROUNDS; i++) {
        CHECK_IS(point_to(&block, number * ROUNDS + i), 0);
        CHECK_IS(tr_thread_yield(), 0);
        CHECK_IS(mark(), number * ROUNDS + i);
        (void)tr_thread_sleep((uint64_t)tr_clock() + 1000);
        CHECK_IS(mark(), number * ROUNDS + i);
    }
    return 0;
}

static void threads_keep_theirs(void)
{
    struct block block;

    CHECK_IS(point_to(&block, 4711), 0);
    for (uint64_t i = 1; i <= 3; i++) {
        (void)check_told_thread(thread_keeps_its_own, i, 0);
    }
    for (int ended = 0; ended < 3; ended++) {
        struct tr_event event;
        check_event_kind(&event, TR_EVENT_THREAD_EXIT, __LINE__);
        CHECK_IS(event.size, 0);
        CHECK_IS(mark(), 4711);
    }
}

/* With its own, and after it has given it up again. */
static int64_t gives_it_up(uint64_t number)
{
    struct block block;

    for (uint64_t i = 0; i < ROUNDS; i++) {
        CHECK_IS(point_to(&block, number), 0);
        CHECK_IS(mark(), number);
        CHECK_IS(tr_thread_pointer(0), 0);
        block.mark = 0;
        CHECK_IS(tr_thread_yield(), 0);
        (void)tr_thread_sleep((uint64_t)tr_clock() + 1000);
    }
    return 0;
}

static uint64_t variable;

static void it_can_be_given_up(void)
{
    check_three(TR_APPLICATION, gives_it_up, __LINE__);
}

static void it_lies_in_the_window(void)
{
    static const uint64_t elsewhere[] = {1,
                                         0x1000,
                                         UINT64_C(0x7fffffffffff),
                                         UINT64_C(0x800000000000),
                                         UINT64_C(0xffff800000000000),
                                         UINT64_MAX};
    struct block block;

    CHECK_IS(point_to(&block, 99), 0);
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        CHECK_IS(tr_thread_pointer(elsewhere[i]), TR_E_INVAL);
        CHECK_IS(mark(), 99);
    }
    CHECK_IS(tr_thread_pointer((uint64_t)(uintptr_t)&variable), 0);
    CHECK_IS(tr_thread_pointer(0), 0);
}

const struct check_case check_cases[] = {
    CHECK_ROW_PROGRAM(TR_SERVER, a_process_keeps_its_pointer),
#ifdef __x86_64__
    CHECK_ROW_PROGRAM(TR_DRIVER, a_driver_keeps_it_over_traps),
#endif
    CHECK_ROW_PROGRAM(TR_SERVER, threads_keep_theirs),
    CHECK_ROW_PROGRAM(TR_SERVER, it_can_be_given_up),
    CHECK_ROW_PROGRAM(TR_SERVER, it_lies_in_the_window),
    CHECK_END,
};
