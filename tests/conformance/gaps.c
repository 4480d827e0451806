/* SPDX-License-Identifier: MIT */
/* interface.md 5 and 8, in programs whose segments have gaps between them (they are linked so):
 * what a process puts there with a hint is not there in the next process of the image. */

#include "check.h"

const char check_section[] = "gaps";

#define FEWEST 8 /* pages in gaps that there are at least */

static uint8_t *bytes_at(uint64_t va)
{
    return (uint8_t *)(uintptr_t)va;
}

static void fill(uint64_t va, uint64_t size, uint8_t value)
{
    volatile uint8_t *bytes = bytes_at(va);

    for (uint64_t i = 0; i < size; i++) {
        bytes[i] = value;
    }
}

/* Whether a page between the image's begin and the stack is free for a hint: then it is ours. */
static bool takes(uint64_t va)
{
    int64_t got = tr_memory_allocate(1, va, TR_READ | TR_WRITE);

    CHECK(got > 0);
    if ((uint64_t)got != va) {
        CHECK_IS(tr_memory_release((uint64_t)got, 1), 0);
    }
    return (uint64_t)got == va;
}

/* The pages of this function's image and those before it. */
static uint64_t begin_and_end(uint64_t *end)
{
    static uint8_t data[8192];
    struct tr_process_info info;

    CHECK(tr_process_self(&info) > 0);
    *end = CHECK_WORD(data) & ~UINT64_C(4095);
    CHECK(*end > info.lowest);
    return info.lowest;
}

/* Writes into every gap; gives the number of pages. */
static int64_t fills_gaps(uint64_t unused)
{
    uint64_t end;
    int64_t count = 0;

    (void)unused;
    for (uint64_t va = begin_and_end(&end); va < end; va += TR_PAGE_SIZE) {
        if (takes(va)) {
            CHECK_IS(bytes_at(va)[17], 0);
            fill(va, TR_PAGE_SIZE, 0xee);
            count++;
        }
    }
    return count;
}

static int64_t code_of(uint64_t pid)
{
    struct tr_event event;

    CHECK_IS(tr_process_watch(pid, 0), 0);
    do {
        CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    } while (event.kind != TR_EVENT_PROCESS_EXIT);
    CHECK_IS(event.flags, TR_EVENT_EXITED);
    return (int64_t)event.size;
}

static int64_t children_count(void)
{
    return code_of(check_start(TR_APPLICATION, "child", fills_gaps, 0));
}

static void memory_in_a_gap_ends_with_its_process(void)
{
    int64_t first = children_count();

    CHECK(first >= FEWEST);
    for (int i = 0; i < 4; i++) {
        CHECK_IS(children_count(), first);
    }
}

static int64_t joins_in_a_gap(uint64_t unused)
{
    struct check_ticket ticket = check_receive_ticket();
    uint64_t end;
    uint64_t at = 0;

    (void)unused;
    uint64_t va = begin_and_end(&end);
    while (va < end && !takes(va)) {
        va += TR_PAGE_SIZE;
    }
    CHECK(va < end);
    CHECK_IS(tr_memory_release(va, 1), 0);
    CHECK_IS(tr_shared_join(ticket.id, ticket.key, va, TR_READ | TR_WRITE, &at), 1);
    CHECK_IS(at, va);
    fill(at, TR_PAGE_SIZE, 0xdd);
    return 0;
}

/* The frames are somebody else's when the next process writes where the dead one had joined. */
static void shared_memory_in_a_gap_ends_with_its_member(void)
{
    struct check_ticket ticket;
    uint64_t va = 0;
    int64_t id = tr_shared_create(1, TR_READ | TR_WRITE, 0, &ticket.key, &va);

    CHECK(id > 0);
    ticket.id = (uint64_t)id;
    int64_t count = children_count();
    CHECK_IS(code_of(check_start_joiner(TR_APPLICATION, joins_in_a_gap, &ticket)), 0);
    CHECK_IS(bytes_at(va)[5], 0xdd);
    CHECK_IS(tr_shared_release(ticket.id), 0);
    int64_t own = tr_memory_allocate(64, 0, TR_READ | TR_WRITE);
    CHECK(own > 0);
    fill((uint64_t)own, 64 * TR_PAGE_SIZE, 0x11);
    CHECK_IS(children_count(), count);
    for (uint64_t i = 0; i < 64 * TR_PAGE_SIZE; i++) {
        CHECK_IS(bytes_at((uint64_t)own)[i], 0x11);
    }
}

const struct check_case check_cases[] = {
    CHECK_ROW_PROGRAM(TR_SERVER, memory_in_a_gap_ends_with_its_process),
    CHECK_ROW_PROGRAM(TR_SERVER, shared_memory_in_a_gap_ends_with_its_member),
    CHECK_END,
};
