/* SPDX-License-Identifier: MIT */
/* interface.md 10: physical and DMA maps, and what becomes of them (interface.md 2, 3 and 5). */

#include "check.h"

const char check_section[] = "physical";

#define PAGES(n)  ((uint64_t)(n)*TR_PAGE_SIZE)
#define MEGABYTE  (UINT64_C(1) << 20)
#define TEXT_PAGE UINT64_C(0xb8000)
#define BOTH      (TR_READ | TR_WRITE)

static volatile uint8_t *bytes_at(uint64_t va)
{
    return (volatile uint8_t *)(uintptr_t)va;
}

static uint64_t mapped(uint64_t physical, uint64_t pages, uint32_t flags)
{
    int64_t va = tr_physical_map(physical, pages, flags);

    CHECK(va > 0 && va % TR_PAGE_SIZE == 0);
    return (uint64_t)va;
}

static void two_maps_of_a_page_are_the_same_memory(void)
{
    uint64_t one = mapped(TEXT_PAGE, 2, 0);
    uint64_t other = mapped(TEXT_PAGE + PAGES(1), 1, TR_READ);

    CHECK(one != other);
    bytes_at(one)[PAGES(1) + 5] = 0x5a;
    CHECK_IS(bytes_at(other)[5], 0x5a);
    CHECK_IS(tr_physical_of(one + PAGES(1) + 5), TEXT_PAGE + PAGES(1) + 5);
    CHECK_IS(tr_physical_of(other + 7), TEXT_PAGE + PAGES(1) + 7);
    bytes_at(one)[PAGES(1) + 5] = 0;
    CHECK_IS(bytes_at(other)[5], 0);
}

static void the_first_megabyte_can_be_mapped(void)
{
    uint64_t all = mapped(0, 256, BOTH);

    bytes_at(all)[MEGABYTE - 1] = 1;
    bytes_at(all)[MEGABYTE - 1] = 0;
    CHECK_IS(tr_physical_of(all), 0);
    CHECK_IS(tr_physical_of(all + MEGABYTE - 1), MEGABYTE - 1);
    CHECK_IS(tr_physical_of(all + MEGABYTE), TR_E_NOENT);
}

static void calls_reach_device_memory(void)
{
    uint64_t va = mapped(TEXT_PAGE, 2, 0);
    uint64_t text = va + PAGES(1) - 3;

    CHECK_IS(tr_random((void *)(uintptr_t)text, 6), 6);
    CHECK_IS(tr_log((const char *)(uintptr_t)text, 0), 0);
    CHECK_IS(tr_memory_protect(va, 2, TR_READ), 0);
    CHECK_IS(tr_random((void *)(uintptr_t)text, 6), TR_E_FAULT);
    CHECK_IS(tr_memory_release(va, 2), 0);
    CHECK_IS(tr_random((void *)(uintptr_t)text, 6), TR_E_FAULT);
}

static void bad_words_are_invalid(void)
{
    struct tr_dma dma;

    CHECK_IS(tr_physical_map(TEXT_PAGE + 1, 1, 0), TR_E_INVAL);
    CHECK_IS(tr_physical_map(TEXT_PAGE, 0, 0), TR_E_INVAL);
    CHECK_IS(tr_physical_map(TEXT_PAGE, 1, 8), TR_E_INVAL);
    CHECK_IS(tr_physical_map(TEXT_PAGE, 1, TR_WRITE), TR_E_INVAL);
    CHECK_IS(tr_physical_map(TEXT_PAGE, UINT64_MAX, 0), TR_E_INVAL);
    CHECK_IS(tr_dma_allocate(0, 0, 0, &dma), TR_E_INVAL);
    CHECK_IS(tr_dma_allocate(1, 0, 12288, &dma), TR_E_INVAL);
    CHECK_IS(tr_dma_allocate(1, 0, 0, NULL), TR_E_FAULT);
    CHECK_IS(tr_physical_map(UINT64_C(1) << 60, 1, 0), TR_E_NOENT);
}

static void managed_memory_is_refused(void)
{
    CHECK_IS(tr_physical_map(MEGABYTE, 1, 0), TR_E_PERM);
    CHECK_IS(tr_physical_map(MEGABYTE - PAGES(1), 2, TR_READ), TR_E_PERM);
    CHECK_IS(tr_physical_map(0, UINT64_C(1) << 30, 0), TR_E_PERM);
}

static void nothing_mapped_is_executable(void)
{
    struct tr_dma dma;
    uint64_t va = mapped(TEXT_PAGE, 1, 0);

    CHECK_IS(tr_physical_map(TEXT_PAGE, 1, TR_READ | TR_EXECUTE), TR_E_PERM);
    CHECK_IS(tr_memory_protect(va, 1, TR_READ | TR_EXECUTE), TR_E_PERM);
    CHECK_IS(tr_dma_allocate(1, 0, 0, &dma), 0);
    CHECK_IS(tr_memory_protect(dma.va, 1, TR_READ | TR_EXECUTE), TR_E_PERM);
    CHECK_IS(tr_memory_protect(dma.va, 1, TR_READ), 0);
    CHECK_IS(tr_memory_protect(dma.va, 1, BOTH), 0);
    bytes_at(dma.va)[0] = 1;
}

static void a_map_never_allows_more_than_was_asked_for(void)
{
    uint64_t va = mapped(TEXT_PAGE, 2, TR_READ);

    CHECK_IS(tr_memory_protect(va, 2, BOTH), TR_E_PERM);
    CHECK_IS(tr_memory_protect(va, 1, 0), 0);
    CHECK_IS(tr_random((void *)(uintptr_t)va, 1), TR_E_FAULT);
    CHECK_IS(tr_memory_protect(va, 2, TR_READ), 0);
    CHECK_IS(bytes_at(va)[0], bytes_at(mapped(TEXT_PAGE, 1, 0))[0]);
}

static void maps_are_released_whole_or_in_parts(void)
{
    uint64_t va = mapped(0xa0000, 8, 0);

    CHECK_IS(tr_memory_release(va + PAGES(3), 2), 0);
    CHECK_IS(tr_physical_of(va + PAGES(3)), TR_E_NOENT);
    CHECK_IS(tr_physical_of(va + PAGES(2)), 0xa0000 + PAGES(2));
    CHECK_IS(tr_physical_of(va + PAGES(5)), 0xa0000 + PAGES(5));
    CHECK_IS(tr_memory_release(va, 8), TR_E_FAULT);
    CHECK_IS(tr_memory_release(va, 3), 0);
    CHECK_IS(tr_memory_release(va + PAGES(5), 3), 0);
    CHECK_IS(tr_memory_release(va, 1), TR_E_FAULT);
}

static void clear_releases_what_it_touches_whole(void)
{
    uint64_t va = mapped(0xa0000, 4, 0);
    struct tr_dma dma;

    CHECK_IS(tr_dma_allocate(3, 0, 0, &dma), 0);
    CHECK_IS(tr_memory_clear(va + PAGES(2), va + PAGES(3)), 0);
    CHECK_IS(tr_physical_of(va), TR_E_NOENT);
    CHECK_IS(tr_physical_of(va + PAGES(3)), TR_E_NOENT);
    CHECK_IS(tr_memory_clear(dma.va, dma.va + PAGES(1)), 0);
    CHECK_IS(tr_physical_of(dma.va + PAGES(2)), TR_E_NOENT);
}

static void only_such_maps_have_a_physical_address(void)
{
    int64_t va = tr_memory_allocate(1, 0, BOTH);

    CHECK(va > 0);
    CHECK_IS(tr_physical_of((uint64_t)va), TR_E_NOENT);
    CHECK_IS(tr_physical_of(0), TR_E_NOENT);
    CHECK_IS(tr_physical_of(UINT64_MAX), TR_E_NOENT);
}

static void dma_memory_is_zeroed_and_as_wished(void)
{
    struct tr_dma dma = {0, 0};

    CHECK_IS(tr_dma_allocate(5, 0, 0, &dma), 0);
    CHECK_IS(tr_physical_of(dma.va), dma.physical);
    CHECK_IS(tr_physical_of(dma.va + PAGES(5) - 1), dma.physical + PAGES(5) - 1);
    CHECK_IS(tr_physical_of(dma.va + PAGES(5)), TR_E_NOENT);
    for (uint64_t i = 0; i < PAGES(5); i++) {
        CHECK_IS(bytes_at(dma.va)[i], 0);
        bytes_at(dma.va)[i] = 0xee;
    }
    CHECK_IS(tr_dma_allocate(16, 16 * MEGABYTE, 65536, &dma), 0);
    CHECK_IS(dma.physical % 65536, 0);
    CHECK(dma.physical >= MEGABYTE && dma.physical + PAGES(16) <= 16 * MEGABYTE);
    CHECK_IS(tr_dma_allocate(1, MEGABYTE, 0, &dma), TR_E_NOMEM);
    CHECK_IS(tr_dma_allocate(UINT64_C(1) << 40, 0, 0, &dma), TR_E_NOMEM);
}

static void dma_memory_comes_back_zeroed(void)
{
    struct tr_dma first;
    struct tr_dma second;

    CHECK_IS(tr_dma_allocate(4, 0, 0, &first), 0);
    bytes_at(first.va)[5000] = 1;
    CHECK_IS(tr_memory_release(first.va, 4), 0);
    CHECK_IS(tr_dma_allocate(4, 0, 0, &second), 0);
    CHECK_IS(second.physical, first.physical);
    CHECK_IS(bytes_at(second.va)[5000], 0);
}

/* Sizes that are no power of two, and each round larger than the one before. */
static void dma_memory_comes_and_goes_without_end(void)
{
    struct tr_dma dma;

    for (uint64_t round = 0; round < 60; round++) {
        CHECK_IS(tr_dma_allocate(270 + round, 0, 0, &dma), 0);
        CHECK_IS(tr_memory_release(dma.va, 270 + round), 0);
    }
}

static void much_dma_memory_is_cleared_in_steps(void)
{
    struct tr_dma dma;

    CHECK_IS(tr_dma_allocate(700, 0, 0, &dma), 0);
    CHECK_IS(bytes_at(dma.va)[PAGES(700) - 1], 0);
    bytes_at(dma.va)[PAGES(700) - 1] = 1;
    CHECK_IS(tr_memory_release(dma.va + PAGES(1), 600), 0);
    CHECK_IS(tr_physical_of(dma.va + PAGES(601)), dma.physical + PAGES(601));
    CHECK_IS(bytes_at(dma.va)[PAGES(700) - 1], 1);
}

/* That a touch faults is in faults.c, which no memory checker looks at. */
static void dropping_the_class_takes_the_maps(void)
{
    uint64_t va = mapped(TEXT_PAGE, 1, 0);
    struct tr_dma dma;

    CHECK_IS(tr_dma_allocate(1, 0, 0, &dma), 0);
    CHECK_IS(tr_process_drop_class(TR_SERVER), 0);
    CHECK_IS(tr_physical_of(va), TR_E_PERM);
    CHECK_IS(tr_random((void *)(uintptr_t)va, 1), TR_E_FAULT);
    CHECK_IS(tr_random((void *)(uintptr_t)dma.va, 1), TR_E_FAULT);
}

static int64_t holds_maps(uint64_t parent)
{
    struct tr_dma dma;

    CHECK_IS(tr_dma_allocate(9, 0, 0, &dma), 0);
    (void)mapped(0, 256, 0);
    CHECK(tr_message_send(parent, NULL, 0, dma.physical) > 0);
    return check_sleeper(0);
}

static void the_dead_leave_their_frames_to_the_pool(void)
{
    struct tr_event event;
    struct tr_dma dma;
    uint64_t pid = check_start(TR_DRIVER, "holder", holds_maps, check_self());

    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(tr_process_terminate(pid, 0), 0);
    CHECK_IS(tr_dma_allocate(9, 0, 0, &dma), 0);
    CHECK_IS(dma.physical, event.cookie);
}

/* ---- Lending a map: interface.md 8, TR_SHARED_FROM
 * ------------------------------------------------- */

/* Lends the second page of a map of two; gives the map. */
static uint64_t lent(struct check_ticket *ticket)
{
    uint64_t map = mapped(TEXT_PAGE, 2, 0);
    uint64_t va = map + PAGES(1);
    int64_t id = tr_shared_create(1, BOTH, TR_SHARED_FROM, &ticket->key, &va);

    CHECK(id > 0);
    CHECK_IS(va, map + PAGES(1));
    ticket->id = (uint64_t)id;
    return map;
}

/* Draws, says so, and waits until it is told that the map is gone: then it sees zeros, and writes
 * where nothing has been lost. */
static int64_t draws(uint64_t parent)
{
    struct check_ticket ticket = check_receive_ticket();
    struct tr_event event;
    uint64_t va = 0;

    CHECK_IS(tr_shared_join(ticket.id, ticket.key, 0, BOTH, &va), 1);
    bytes_at(va)[100] = 0x41;
    CHECK(tr_message_send(parent, NULL, 0, 1) > 0);
    do {
        CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    } while (event.kind != TR_EVENT_MESSAGE && event.kind != TR_EVENT_SHARED_RELEASED);
    CHECK_IS(bytes_at(va)[100], 0);
    bytes_at(va)[100] = 0x42;
    CHECK_IS(bytes_at(va)[100], 0x42);
    return 55;
}

static void what_a_member_writes_is_on_the_device(void)
{
    struct check_ticket ticket;
    struct tr_event event;
    uint64_t map = lent(&ticket);
    uint64_t peer = check_start_joiner(TR_APPLICATION, draws, &ticket);

    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(bytes_at(map)[PAGES(1) + 100], 0x41);
    CHECK_IS(tr_memory_release(map, 2), 0);
    CHECK(tr_message_send(peer, NULL, 0, 2) > 0);
    check_end_of(peer, &event);
    CHECK_IS(event.size, 55);
    CHECK_IS(bytes_at(mapped(TEXT_PAGE, 2, 0))[PAGES(1) + 100], 0x41);
}

static void a_driver_without_its_class_has_lost_its_pages(void)
{
    struct check_ticket ticket;
    struct tr_event event;

    (void)lent(&ticket);
    uint64_t peer = check_start_joiner(TR_APPLICATION, draws, &ticket);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(tr_process_drop_class(TR_APPLICATION), 0);
    CHECK(tr_message_send(peer, NULL, 0, 2) > 0);
    check_end_of(peer, &event);
    CHECK_IS(event.size, 55);
    CHECK_IS(tr_shared_release(ticket.id), 0);
}

/* Its map goes with it. */
static int64_t lends_and_ends(uint64_t parent)
{
    struct check_ticket ticket;

    (void)lent(&ticket);
    CHECK(tr_message_send(parent, &ticket, sizeof ticket, 0) > 0);
    CHECK_IS(tr_thread_sleep((uint64_t)tr_clock() + 100000000), 0);
    return 0;
}

static void a_dead_driver_has_lost_its_pages(void)
{
    struct tr_event event;
    uint64_t lender = check_start(TR_DRIVER, "lender", lends_and_ends, check_self());
    struct check_ticket ticket = check_receive_ticket();
    uint64_t peer = check_start_joiner(TR_APPLICATION, draws, &ticket);

    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(bytes_at(mapped(TEXT_PAGE, 2, 0))[PAGES(1) + 100], 0x41);
    check_end_of(lender, &event);
    check_end_of(peer, &event);
    CHECK_IS(event.size, 55);
}

static void only_own_maps_are_lent(void)
{
    uint64_t key;
    uint64_t map = mapped(TEXT_PAGE, 2, TR_READ);
    uint64_t va = (uint64_t)tr_memory_allocate(1, 0, BOTH);

    CHECK_IS(tr_shared_create(1, TR_READ, TR_SHARED_FROM, &key, &va), TR_E_NOENT);
    va = map + 8;
    CHECK_IS(tr_shared_create(1, TR_READ, TR_SHARED_FROM, &key, &va), TR_E_INVAL);
    va = map + PAGES(1);
    CHECK_IS(tr_shared_create(2, TR_READ, TR_SHARED_FROM, &key, &va), TR_E_NOENT);
    CHECK_IS(tr_shared_create(1, BOTH, TR_SHARED_FROM, &key, &va), TR_E_PERM);
    CHECK_IS(tr_shared_create(1, TR_READ | TR_EXECUTE, TR_SHARED_FROM, &key, &va), TR_E_PERM);
    int64_t id = tr_shared_create(1, TR_READ, TR_SHARED_FROM, &key, &va);
    CHECK(id > 0);
    CHECK_IS(tr_shared_seal((uint64_t)id), TR_E_PERM);
}

static void drivers_alone_may(void)
{
    struct tr_dma dma;

    CHECK_IS(tr_physical_map(TEXT_PAGE, 1, 0), TR_E_PERM);
    CHECK_IS(tr_physical_map(TEXT_PAGE + 1, 0, 99), TR_E_PERM);
    CHECK_IS(tr_dma_allocate(1, 0, 0, &dma), TR_E_PERM);
    CHECK_IS(tr_physical_of(0), TR_E_PERM);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_DRIVER, two_maps_of_a_page_are_the_same_memory),
    CHECK_ROW(TR_DRIVER, the_first_megabyte_can_be_mapped),
    CHECK_ROW(TR_DRIVER, calls_reach_device_memory),
    CHECK_ROW(TR_DRIVER, bad_words_are_invalid),
    CHECK_ROW(TR_DRIVER, managed_memory_is_refused),
    CHECK_ROW(TR_DRIVER, nothing_mapped_is_executable),
    CHECK_ROW(TR_DRIVER, a_map_never_allows_more_than_was_asked_for),
    CHECK_ROW(TR_DRIVER, maps_are_released_whole_or_in_parts),
    CHECK_ROW(TR_DRIVER, clear_releases_what_it_touches_whole),
    CHECK_ROW(TR_DRIVER, only_such_maps_have_a_physical_address),
    CHECK_ROW(TR_DRIVER, dma_memory_is_zeroed_and_as_wished),
    CHECK_ROW(TR_DRIVER, dma_memory_comes_back_zeroed),
    CHECK_ROW(TR_DRIVER, dma_memory_comes_and_goes_without_end),
    CHECK_ROW(TR_DRIVER, much_dma_memory_is_cleared_in_steps),
    CHECK_ROW(TR_DRIVER, dropping_the_class_takes_the_maps),
    CHECK_ROW(TR_DRIVER, the_dead_leave_their_frames_to_the_pool),
    CHECK_ROW(TR_DRIVER, what_a_member_writes_is_on_the_device),
    CHECK_ROW(TR_DRIVER, a_driver_without_its_class_has_lost_its_pages),
    CHECK_ROW(TR_DRIVER, a_dead_driver_has_lost_its_pages),
    CHECK_ROW(TR_DRIVER, only_own_maps_are_lent),
    CHECK_ROW(TR_SERVER, drivers_alone_may),
    CHECK_ROW(TR_APPLICATION, drivers_alone_may),
    CHECK_END,
};
