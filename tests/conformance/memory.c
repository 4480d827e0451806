/* SPDX-License-Identifier: MIT */
/* interface.md 5: memory. */

#include "check.h"

const char check_section[] = "memory";

static uint64_t pages(uint64_t count, uint32_t prot)
{
    int64_t va = tr_memory_allocate(count, 0, prot);

    CHECK_IS(va > 0 ? 0 : va, 0);
    return (uint64_t)va;
}

static uint8_t *bytes_at(uint64_t va)
{
    return (uint8_t *)(uintptr_t)va;
}

static uint64_t own_pages(void)
{
    struct tr_memory_info info;

    CHECK_IS(tr_memory_info(&info), 0);
    return info.own;
}

static void pages_are_zeroed_and_ours(void)
{
    uint8_t *memory = bytes_at(pages(3, TR_READ | TR_WRITE));

    for (size_t i = 0; i < 3 * TR_PAGE_SIZE; i++) {
        CHECK_IS(memory[i], 0);
        memory[i] = (uint8_t)i;
    }
    for (size_t i = 0; i < 3 * TR_PAGE_SIZE; i++) {
        CHECK_IS(memory[i], (uint8_t)i);
    }
}

static void reused_pages_are_zeroed_too(void)
{
    for (int round = 0; round < 4; round++) {
        uint64_t va = pages(16, TR_READ | TR_WRITE);
        uint64_t *words = (uint64_t *)(uintptr_t)va;
        for (size_t i = 0; i < 16 * TR_PAGE_SIZE / 8; i++) {
            CHECK_IS(words[i], 0);
            words[i] = UINT64_MAX;
        }
        CHECK_IS(tr_memory_release(va, 16), 0);
    }
}

static void frames_are_taken_at_the_call(void)
{
    struct tr_memory_info before, after;

    CHECK_IS(tr_memory_info(&before), 0);
    (void)pages(100, TR_READ | TR_WRITE);
    CHECK_IS(tr_memory_info(&after), 0);
    CHECK_IS(after.own - before.own, 100);
    CHECK(before.free - after.free >= 100);
    CHECK_IS(after.total, before.total);
}

static void released_pages_come_home(void)
{
    struct tr_memory_info before, after;
    uint64_t va = pages(1, TR_READ);

    CHECK_IS(tr_memory_release(va, 1), 0);
    CHECK_IS(tr_memory_info(&before), 0);
    va = pages(64, TR_READ | TR_WRITE);
    CHECK_IS(tr_memory_release(va, 64), 0);
    CHECK_IS(tr_memory_info(&after), 0);
    CHECK_IS(after.own, before.own);
    CHECK(before.free - after.free <= 1);
}

static void a_free_hint_is_honoured(void)
{
    uint64_t va = pages(8, TR_READ);

    CHECK_IS(tr_memory_release(va, 8), 0);
    CHECK_IS(tr_memory_allocate(4, va + 2 * TR_PAGE_SIZE, TR_READ), va + 2 * TR_PAGE_SIZE);
}

static void a_taken_hint_is_only_a_hint(void)
{
    uint64_t va = pages(2, TR_READ);
    int64_t other = tr_memory_allocate(2, va + TR_PAGE_SIZE, TR_READ);

    CHECK(other > 0);
    CHECK((uint64_t)other >= va + 2 * TR_PAGE_SIZE || (uint64_t)other + 2 * TR_PAGE_SIZE <= va);
}

static void bad_values_are_invalid(void)
{
    uint64_t va = pages(1, TR_READ);

    CHECK_IS(tr_memory_allocate(0, 0, TR_READ), TR_E_INVAL);
    CHECK_IS(tr_memory_allocate(1, va + 1, TR_READ), TR_E_INVAL);
    CHECK_IS(tr_memory_allocate(1, 0, TR_WRITE), TR_E_INVAL);
    CHECK_IS(tr_memory_allocate(1, 0, 8), TR_E_INVAL);
    CHECK_IS(tr_memory_release(va + 8, 1), TR_E_INVAL);
    CHECK_IS(tr_memory_release(va, 0), TR_E_INVAL);
    CHECK_IS(tr_memory_protect(va + 8, 1, TR_READ), TR_E_INVAL);
    CHECK_IS(tr_memory_protect(va, 0, TR_READ), TR_E_INVAL);
    CHECK_IS(tr_memory_protect(va, 1, TR_WRITE), TR_E_INVAL);
    CHECK_IS(tr_memory_protect(va, 1, 0x10), TR_E_INVAL);
}

static void write_with_execute_is_perm(void)
{
    uint64_t va = pages(1, TR_READ | TR_WRITE);

    CHECK_IS(tr_memory_allocate(1, 0, TR_READ | TR_WRITE | TR_EXECUTE), TR_E_PERM);
    CHECK_IS(tr_memory_protect(va, 1, TR_READ | TR_WRITE | TR_EXECUTE), TR_E_PERM);
}

static void holes_are_faults_and_change_nothing(void)
{
    uint64_t va = pages(3, TR_READ | TR_WRITE);
    uint64_t own = own_pages();

    CHECK_IS(tr_memory_release(va + TR_PAGE_SIZE, 1), 0);
    CHECK_IS(tr_memory_release(va, 3), TR_E_FAULT);
    CHECK_IS(tr_memory_protect(va, 3, TR_READ), TR_E_FAULT);
    CHECK_IS(own_pages(), own - 1);
    bytes_at(va)[0] = 1;
    bytes_at(va + 2 * TR_PAGE_SIZE)[0] = 1;
    CHECK_IS(tr_memory_release(va + TR_PAGE_SIZE, 1), TR_E_FAULT);
}

static void wrapping_ranges_are_refused(void)
{
    uint64_t va = pages(1, TR_READ);

    CHECK(tr_memory_release(va, UINT64_MAX / TR_PAGE_SIZE) < 0);
    CHECK(tr_memory_protect(va, UINT64_MAX, TR_READ) < 0);
    CHECK(tr_memory_allocate(UINT64_MAX, 0, TR_READ) < 0);
    CHECK(tr_memory_allocate(UINT64_MAX / TR_PAGE_SIZE + 2, va, TR_READ) < 0);
    CHECK_IS(bytes_at(va)[0], 0);
}

static void too_much_is_nomem_and_takes_nothing(void)
{
    struct tr_memory_info before, after;

    CHECK_IS(tr_memory_info(&before), 0);
    CHECK_IS(tr_memory_allocate(before.total, 0, TR_READ), TR_E_NOMEM);
    CHECK_IS(tr_memory_info(&after), 0);
    CHECK_IS(after.free, before.free);
    CHECK_IS(after.own, before.own);
}

static void many_pages_in_steps(void)
{
    uint64_t va = pages(900, TR_READ | TR_WRITE);
    uint64_t own = own_pages();

    bytes_at(va)[0] = 1;
    bytes_at(va + 899 * TR_PAGE_SIZE)[4095] = 1;
    CHECK_IS(tr_memory_protect(va, 900, TR_READ), 0);
    CHECK_IS(bytes_at(va + 899 * TR_PAGE_SIZE)[4095], 1);
    CHECK_IS(tr_memory_release(va, 900), 0);
    CHECK_IS(own_pages(), own - 900);
}

static void clear_takes_what_is_there(void)
{
    uint64_t va = pages(6, TR_READ | TR_WRITE);
    uint64_t own = own_pages();

    CHECK_IS(tr_memory_release(va + TR_PAGE_SIZE, 1), 0);
    CHECK_IS(tr_memory_clear(va, va + 4 * TR_PAGE_SIZE), 0);
    CHECK_IS(own_pages(), own - 4);
    bytes_at(va + 4 * TR_PAGE_SIZE)[0] = 1;
    CHECK_IS(tr_memory_release(va, 1), TR_E_FAULT);
}

static void release_of_shared_pages_is_state(void)
{
    uint64_t key, va = 0;

    CHECK(tr_shared_create(2, TR_READ, 0, &key, &va) > 0);
    CHECK_IS(tr_memory_release(va, 1), TR_E_STATE);
    bytes_at(va)[0] = 1;
}

/* One of each kind, with private pages before and behind it where they may be put. */
static void a_range_of_several_kinds_is_state(void)
{
    struct tr_dma dma;
    uint64_t key, shared = 0;

    CHECK_IS(tr_dma_allocate(2, 0, 0, &dma), 0);
    int64_t map = tr_physical_map(0xb8000, 2, 0);
    CHECK_IS(map, dma.va + 2 * TR_PAGE_SIZE);
    CHECK(tr_shared_create(2, TR_READ, 0, &key, &shared) > 0);
    CHECK_IS(shared, map + 2 * TR_PAGE_SIZE);
    uint64_t behind = shared + 2 * TR_PAGE_SIZE;
    CHECK_IS(tr_memory_allocate(2, behind, TR_READ | TR_WRITE), behind);
    uint64_t own = own_pages();

    for (uint64_t from = dma.va; from < behind; from += TR_PAGE_SIZE) {
        for (uint64_t to = from + TR_PAGE_SIZE; to <= behind + 2 * TR_PAGE_SIZE; to += 4096) {
            uint64_t count = (to - from) / TR_PAGE_SIZE;
            bool is_one = to <= (uint64_t)map || (from >= (uint64_t)map && to <= shared);
            if (!is_one) {
                CHECK_IS(tr_memory_release(from, count), TR_E_STATE);
            }
        }
        CHECK_IS(tr_memory_release(from, 9 + (behind - from) / TR_PAGE_SIZE), TR_E_FAULT);
    }
    CHECK_IS(own_pages(), own);
    CHECK_IS(tr_physical_of(dma.va + TR_PAGE_SIZE), dma.physical + TR_PAGE_SIZE);
    CHECK_IS(tr_physical_of((uint64_t)map), 0xb8000);
    bytes_at(shared)[0] = 1;
    bytes_at(behind)[TR_PAGE_SIZE] = 1;
    CHECK_IS(tr_memory_release(dma.va, 2), 0);
    CHECK_IS(tr_memory_release((uint64_t)map, 2), 0);
    CHECK_IS(tr_memory_release(behind, 2), 0);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_APPLICATION, pages_are_zeroed_and_ours),
    CHECK_ROW(TR_APPLICATION, reused_pages_are_zeroed_too),
    CHECK_ROW(TR_APPLICATION, frames_are_taken_at_the_call),
    CHECK_ROW(TR_APPLICATION, released_pages_come_home),
    CHECK_ROW(TR_APPLICATION, a_free_hint_is_honoured),
    CHECK_ROW(TR_APPLICATION, a_taken_hint_is_only_a_hint),
    CHECK_ROW(TR_APPLICATION, bad_values_are_invalid),
    CHECK_ROW(TR_APPLICATION, write_with_execute_is_perm),
    CHECK_ROW(TR_APPLICATION, holes_are_faults_and_change_nothing),
    CHECK_ROW(TR_APPLICATION, wrapping_ranges_are_refused),
    CHECK_ROW(TR_APPLICATION, too_much_is_nomem_and_takes_nothing),
    CHECK_ROW(TR_APPLICATION, many_pages_in_steps),
    CHECK_ROW(TR_APPLICATION, clear_takes_what_is_there),
    CHECK_ROW(TR_APPLICATION, release_of_shared_pages_is_state),
    CHECK_ROW(TR_DRIVER, a_range_of_several_kinds_is_state),
    CHECK_END,
};
