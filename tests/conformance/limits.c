/* SPDX-License-Identifier: MIT */
/* interface.md 5, 6, 8, 9: memory that runs out, quotas, who is charged; and that what registers a
 * source of events is refused rather than an event lost. */

#include "check.h"

const char check_section[] = "limits";

static uint64_t total_pages(void)
{
    struct tr_memory_info info;

    CHECK_IS(tr_memory_info(&info), 0);
    return info.total;
}

static uint64_t free_pages(void)
{
    struct tr_memory_info info;

    CHECK_IS(tr_memory_info(&info), 0);
    return info.free;
}

static uint64_t own_pages(void)
{
    struct tr_memory_info info;

    CHECK_IS(tr_memory_info(&info), 0);
    return info.own;
}

/* ---- The reserves of higher classes ---- */

/* Takes pages until there are no more for this class. */
static int64_t takes_all(uint64_t unused)
{
    uint64_t pages = 256;

    (void)unused;
    while (pages > 0) {
        int64_t va = tr_memory_allocate(pages, 0, TR_READ);
        CHECK(va > 0 || va == TR_E_NOMEM);
        if (va < 0) {
            pages /= 2;
        }
    }
    return check_sleeper(0);
}

/* How many pages are still free when a process of a class gets no more. */
static uint64_t left_by(enum tr_class process_class)
{
    uint64_t pid = check_start(process_class, "greedy", takes_all, 0);

    (void)tr_thread_sleep((uint64_t)tr_clock() + 50000000);
    uint64_t left = free_pages();
    CHECK_IS(tr_process_terminate(pid, 0), 0);
    return left;
}

static void higher_classes_keep_a_reserve(void)
{
    uint64_t application = left_by(TR_APPLICATION);
    uint64_t server = left_by(TR_SERVER);
    uint64_t driver = left_by(TR_DRIVER);

    CHECK(application >= total_pages() / 8 && application < total_pages() / 8 + 64);
    CHECK(server >= total_pages() / 16 && server < total_pages() / 16 + 64);
    CHECK(driver < 64);
    CHECK(free_pages() > total_pages() / 4);
}

/* ---- Quotas: LIMIT for who caused it, nothing for others ---- */

static void too_many_timers_are_limit_and_none_is_lost(void)
{
    struct tr_event event;
    uint64_t key, count = 0;
    int64_t result;

    while ((result = tr_pipe_create(&key)) > 0) {
    }
    CHECK_IS(result, TR_E_LIMIT);
    while ((result = tr_timer_set((uint64_t)tr_clock() + 20000000, count)) == 0) {
        count++;
    }
    CHECK_IS(result, TR_E_LIMIT);
    CHECK(count > 5);
    CHECK_IS(tr_timer_set(0, 5), 0);
    check_event_kind(&event, TR_EVENT_TIMER, __LINE__);
    CHECK_IS(event.cookie, 5);
    uint64_t seen = 1;
    (void)tr_thread_sleep((uint64_t)tr_clock() + 40000000);
    while (tr_event_poll(&event) == 1) {
        CHECK_IS(event.kind, TR_EVENT_TIMER);
        seen++;
    }
    CHECK_IS(seen, count);
}

static void too_many_pipes_are_limit(void)
{
    uint64_t key, count = 0, va;
    int64_t result;

    while ((result = tr_pipe_create(&key)) > 0) {
        count++;
    }
    CHECK_IS(result, TR_E_LIMIT);
    CHECK(count > 100);
    CHECK_IS(tr_pipe_create(&key), TR_E_LIMIT);
    CHECK_IS(tr_shared_create(1, TR_READ, 0, &key, &va), TR_E_LIMIT);
}

static int64_t fills_its_quota(uint64_t unused)
{
    uint64_t key;

    (void)unused;
    while (tr_pipe_create(&key) > 0) {
    }
    return check_sleeper(0);
}

static void a_full_quota_is_ones_own(void)
{
    uint64_t key;

    (void)check_start(TR_SERVER, "greedy", fills_its_quota, 0);
    check_settle();
    CHECK(tr_pipe_create(&key) > 0);
    CHECK_IS(tr_timer_set(0, 1), 0);
}

static int64_t gives(uint64_t code)
{
    return (int64_t)code;
}

static void the_event_of_a_threads_end_is_reserved_with_it(void)
{
    struct tr_event event;
    uint64_t stack = check_stack(), count = 0, sum = 0;
    int64_t result;

    /* They run one after the other, so one stack does. */
    while ((result = tr_thread_create(gives, 1, stack, TR_THREAD_NOTIFY)) > 0) {
        count++;
        if (count % 16 == 0) {
            check_settle();
        }
        if (count == 300) {
            break;
        }
    }
    CHECK(result > 0 || result == TR_E_LIMIT);
    check_settle();
    while (tr_event_poll(&event) == 1) {
        CHECK_IS(event.kind, TR_EVENT_THREAD_EXIT);
        sum += event.size;
    }
    CHECK_IS(sum, count);
}

/* ---- Who pays for shared memory ---- */

static int64_t joins_and_pays(uint64_t parent)
{
    struct check_ticket memory = check_receive_ticket();
    struct tr_event event;
    uint64_t va = 0, before = own_pages();

    CHECK_IS(tr_shared_join(memory.id, memory.key, 0, TR_READ | TR_WRITE, &va), 50);
    CHECK_IS(own_pages(), before);
    CHECK(tr_message_send(parent, NULL, 0, 1) > 0);
    check_event_kind(&event, TR_EVENT_SHARED_RELEASED, __LINE__);
    CHECK_IS(own_pages(), before + 50);
    *(volatile uint8_t *)(uintptr_t)(va + 49 * TR_PAGE_SIZE) = 1;
    CHECK_IS(tr_shared_release(memory.id), 0);
    CHECK_IS(own_pages(), before);
    CHECK(tr_message_send(parent, NULL, 0, 2) > 0);
    return 0;
}

static void the_oldest_member_pays_and_the_last_one_frees(void)
{
    struct check_ticket memory;
    struct tr_event event;
    uint64_t va = 0;
    uint64_t pid = check_start(TR_APPLICATION, "peer", joins_and_pays, check_self());
    uint64_t before = own_pages(), free = free_pages();
    int64_t id = tr_shared_create(50, TR_READ | TR_WRITE, 0, &memory.key, &va);

    CHECK(id > 0);
    memory.id = (uint64_t)id;
    CHECK_IS(own_pages(), before + 50);
    CHECK(tr_message_send(pid, &memory, sizeof memory, 0) > 0);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(tr_shared_release(memory.id), 0);
    CHECK_IS(own_pages(), before);
    CHECK(free_pages() + 40 < free);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 2);
    CHECK(free_pages() + 40 > free);
}

/* ---- What a process may do with its memory ---- */

static void a_creator_may_not_go_beyond_what_it_has(void)
{
    uint64_t key, va = 0;

    CHECK(tr_shared_create(2, TR_READ, 0, &key, &va) > 0);
    CHECK_IS(tr_memory_protect(va, 2, TR_READ | TR_EXECUTE), TR_E_PERM);
    CHECK_IS(tr_memory_protect(va, 1, TR_READ), 0);
    CHECK_IS(tr_memory_protect(va, 2, TR_READ | TR_WRITE), 0);
    CHECK_IS(tr_memory_protect(va, 2, 0), 0);
    CHECK_IS(tr_memory_protect(va, 2, TR_READ), 0);
}

static int64_t joins_two(uint64_t parent)
{
    struct check_ticket memory = check_receive_ticket();
    uint64_t va = 0;

    CHECK_IS(tr_shared_join(memory.id, memory.key, 0, TR_READ, &va), 4);
    CHECK(tr_message_send(parent, NULL, 0, 0) > 0);
    (void)tr_thread_sleep((uint64_t)tr_clock() + 5000000);
    CHECK_IS(tr_memory_clear(va + 3 * TR_PAGE_SIZE, va + 4 * TR_PAGE_SIZE), 0);
    CHECK_IS(tr_shared_release(memory.id), TR_E_NOENT);
    CHECK_IS(tr_memory_protect(va, 1, TR_READ), TR_E_FAULT);
    return check_sleeper(0);
}

static void clear_releases_shared_memory_whole(void)
{
    struct check_ticket memory;
    struct tr_event event;
    struct tr_shared_info info;
    uint64_t va = 0;
    int64_t id = tr_shared_create(4, TR_READ, 0, &memory.key, &va);

    CHECK(id > 0);
    memory.id = (uint64_t)id;
    uint64_t pid = check_start(TR_APPLICATION, "peer", joins_two, check_self());
    CHECK(tr_message_send(pid, &memory, sizeof memory, 0) > 0);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    check_event_kind(&event, TR_EVENT_SHARED_RELEASED, __LINE__);
    CHECK_IS(event.source_pid, pid);
    CHECK_IS(tr_shared_info(memory.id, &info), 0);
    CHECK_IS(info.members, 1);
}

static void a_hint_outside_is_only_a_hint(void)
{
    struct tr_process_info info;

    CHECK(tr_process_self(&info) > 0);
    const uint64_t hints[] = {TR_PAGE_SIZE, info.lowest - TR_PAGE_SIZE, info.highest + 1,
                              (info.highest + 1) - TR_PAGE_SIZE, UINT64_MAX - 4095};
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        int64_t va = tr_memory_allocate(3, hints[i], TR_READ | TR_WRITE);
        CHECK(va > 0);
        CHECK((uint64_t)va >= info.lowest && (uint64_t)va + 3 * TR_PAGE_SIZE - 1 <= info.highest);
        ((volatile uint8_t *)(uintptr_t)va)[3 * TR_PAGE_SIZE - 1] = 1;
    }
}

static void protection_keeps_the_contents(void)
{
    int64_t va = tr_memory_allocate(2, 0, TR_READ | TR_WRITE);
    volatile uint8_t *bytes = (volatile uint8_t *)(uintptr_t)va;

    CHECK(va > 0);
    bytes[5000] = 77;
    CHECK_IS(tr_memory_protect((uint64_t)va, 2, 0), 0);
    CHECK_IS(tr_random((void *)(uintptr_t)va, 8), TR_E_FAULT);
    CHECK_IS(tr_memory_protect((uint64_t)va, 2, TR_READ), 0);
    CHECK_IS(bytes[5000], 77);
    CHECK_IS(tr_random((void *)(uintptr_t)va, 8), TR_E_FAULT);
    CHECK_IS(tr_memory_protect((uint64_t)va, 2, TR_READ | TR_WRITE), 0);
    CHECK_IS(tr_random((void *)(uintptr_t)va, 8), 8);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_DRIVER, higher_classes_keep_a_reserve),
    CHECK_ROW(TR_APPLICATION, too_many_timers_are_limit_and_none_is_lost),
    CHECK_ROW(TR_SERVER, too_many_pipes_are_limit),
    CHECK_ROW(TR_DRIVER, a_full_quota_is_ones_own),
    CHECK_ROW(TR_APPLICATION, the_event_of_a_threads_end_is_reserved_with_it),
    CHECK_ROW(TR_SERVER, the_oldest_member_pays_and_the_last_one_frees),
    CHECK_ROW(TR_APPLICATION, a_creator_may_not_go_beyond_what_it_has),
    CHECK_ROW(TR_SERVER, clear_releases_shared_memory_whole),
    CHECK_ROW(TR_APPLICATION, a_hint_outside_is_only_a_hint),
    CHECK_ROW_PROGRAM(TR_APPLICATION, protection_keeps_the_contents),
    CHECK_END,
};
