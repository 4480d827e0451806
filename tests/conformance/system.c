/* SPDX-License-Identifier: MIT */
/* interface.md 12: kernel, log, time. What stops the machine is in tests/kit/test_kit_stop.c, where
 * the test can see it stop. */

#include "check.h"

const char check_section[] = "system";

static void the_clock_never_goes_back(void)
{
    int64_t last = tr_clock();

    CHECK(last >= 0);
    for (int i = 0; i < 1000; i++) {
        int64_t now = tr_clock();
        CHECK(now >= last);
        last = now;
    }
    (void)tr_thread_sleep((uint64_t)last + 1000000);
    CHECK(tr_clock() >= last + 1000000);
}

static void a_timer_fires_once(void)
{
    struct tr_event event;
    uint64_t at = (uint64_t)tr_clock() + 1000000;

    CHECK_IS(tr_timer_set(at, 44), 0);
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
    check_event_kind(&event, TR_EVENT_TIMER, __LINE__);
    CHECK_IS(event.object, 44);
    CHECK_IS(event.cookie, 44);
    CHECK((uint64_t)tr_clock() >= at);
    CHECK_IS(tr_event_wait(&event, 10000000), TR_E_TIMEDOUT);
}

static void timers_are_named_by_their_cookies(void)
{
    struct tr_event event;
    uint64_t now = (uint64_t)tr_clock();

    CHECK_IS(tr_timer_set(now + 2000000, 2), 0);
    CHECK_IS(tr_timer_set(now + 1000000, 1), 0);
    CHECK_IS(tr_timer_set(now + 3000000, 0), 0);
    for (uint64_t i = 0; i < 3; i++) {
        check_event_kind(&event, TR_EVENT_TIMER, __LINE__);
        CHECK_IS(event.cookie, (i + 1) % 3);
    }
}

static void setting_again_rearms(void)
{
    struct tr_event event;
    uint64_t now = (uint64_t)tr_clock();

    CHECK_IS(tr_timer_set(now + 1000000, 1), 0);
    CHECK_IS(tr_timer_set(now + 4000000, 1), 0);
    check_event_kind(&event, TR_EVENT_TIMER, __LINE__);
    CHECK((uint64_t)tr_clock() >= now + 4000000);
    CHECK_IS(tr_event_wait(&event, 10000000), TR_E_TIMEDOUT);
}

static void cancel_tells_whether_it_was_armed_or_queued(void)
{
    struct tr_event event;

    CHECK_IS(tr_timer_cancel(1), TR_E_NOENT);
    CHECK_IS(tr_timer_set(TR_FOREVER - 1, 1), 0);
    CHECK_IS(tr_timer_cancel(1), 0);
    CHECK_IS(tr_timer_cancel(1), TR_E_NOENT);
    CHECK_IS(tr_timer_set(0, 1), 0);
    check_settle();
    CHECK_IS(tr_timer_cancel(1), 0);
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
    CHECK_IS(tr_timer_set(0, 1), 0);
    check_event_kind(&event, TR_EVENT_TIMER, __LINE__);
    CHECK_IS(tr_timer_cancel(1), TR_E_NOENT);
}

static void a_timer_in_the_past_fires_at_once(void)
{
    struct tr_event event;
    uint64_t before = (uint64_t)tr_clock();

    CHECK_IS(tr_timer_set(0, 3), 0);
    CHECK_IS(tr_event_wait(&event, 1000000), 1);
    CHECK((uint64_t)tr_clock() < before + 1000000);
}

static void random_fills_and_differs(void)
{
    uint64_t first[8] = {0}, second[8] = {0};
    uint64_t ones = 0;

    CHECK_IS(tr_random(first, sizeof first), sizeof first);
    CHECK_IS(tr_random(second, sizeof second), sizeof second);
    for (size_t i = 0; i < 8; i++) {
        CHECK(first[i] != second[i]);
        for (uint64_t word = first[i]; word != 0; word &= word - 1) {
            ones++;
        }
    }
    CHECK(ones > 180 && ones < 332);
    CHECK_IS(tr_random(first, 0), 0);
}

static void random_touches_only_what_was_asked(void)
{
    uint8_t bytes[16];

    for (int i = 0; i < 16; i++) {
        bytes[i] = 0x55;
    }
    for (int round = 0; round < 50; round++) {
        CHECK_IS(tr_random(bytes + 4, 5), 5);
        CHECK(bytes[3] == 0x55 && bytes[9] == 0x55);
    }
}

static void system_info_tells_numbers_and_limits(void)
{
    static struct tr_system_info before, after;

    CHECK_IS(tr_system_info(&before), 0);
    CHECK_IS(before.abi_version, TR_ABI_VERSION);
    CHECK_IS(before.cpus, 1);
    CHECK_IS(before.page_size, TR_PAGE_SIZE);
    CHECK(before.ram_pages > 0);
    CHECK_IS(before.limits.message_size, TR_MESSAGE_MAX);
    CHECK_IS(before.limits.messages_per_sender, 1024);
    CHECK_IS(before.limits.bytes_per_sender, 16 << 20);
    CHECK_IS(before.limits.kernel_memory, before.ram_pages * TR_PAGE_SIZE / 8);
    for (int i = 0; i < 10; i++) {
        (void)tr_thread_self();
    }
    CHECK_IS(tr_system_info(&after), 0);
    CHECK_IS(after.crossings[TR_NR_thread_self] - before.crossings[TR_NR_thread_self], 10);
    CHECK_IS(after.crossings[TR_NR_system_info] - before.crossings[TR_NR_system_info], 1);
    CHECK(after.uptime >= before.uptime);
}

static void switches_are_counted_by_cause(void)
{
    static struct tr_system_info before, after;

    (void)check_start(TR_SERVER, "spins", check_spinner, 0);
    (void)tr_thread_yield();
    CHECK_IS(tr_system_info(&before), 0);
    for (int i = 0; i < 10; i++) {
        (void)tr_thread_yield();
    }
    CHECK_IS(tr_system_info(&after), 0);
    CHECK_IS(after.switches[TR_SWITCH_YIELD] - before.switches[TR_SWITCH_YIELD], 20);
}

static void ghosts_have_addresses(void)
{
    CHECK(tr_symbol_find("tr_process_self") > 0);
    CHECK(tr_symbol_find("tr_message_call") > 0);
    CHECK(tr_symbol_find("tr_process_self") != tr_symbol_find("tr_message_call"));
    CHECK_IS(tr_symbol_find("tr_process_selfish"), TR_E_NOENT);
    CHECK_IS(tr_symbol_find("printf"), TR_E_NOENT);
    CHECK_IS(tr_symbol_find(""), TR_E_NOENT);
}

static void an_address_found_is_the_function(void)
{
    int64_t (*self)(void *) = (int64_t(*)(void *))(uintptr_t)tr_symbol_find("tr_process_self");

    CHECK_IS(self(NULL), tr_process_self(NULL));
}

/* ---- The log ---- */

/* Waits for a text of its parent and tells the parent its size. */
static int64_t log_peer(uint64_t parent)
{
    struct tr_event event;
    char text[TR_LOG_MAX];
    uint64_t found = 0;

    while (found == 0) {
        check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
        CHECK(tr_message_read(event.object, text, sizeof text) >= 0);
        if (event.cookie == TR_LOG_TEXT) {
            CHECK_IS(event.source_pid, parent);
            found = event.size;
        }
    }
    (void)tr_message_send(parent, NULL, 0, found);
    return check_sleeper(0);
}

static void the_log_is_the_process_of_that_name(void)
{
    struct tr_event event;

    CHECK_IS(tr_log("hello", 5), 0);
    (void)check_start(TR_APPLICATION, "log", log_peer, check_self());
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 5);
}

static int64_t counts_records(uint64_t parent)
{
    struct tr_event event;
    uint64_t texts = 0, lost = 0;
    char text[TR_LOG_MAX];

    while (tr_event_wait(&event, 1000000) == 1) {
        CHECK(tr_message_read(event.object, text, sizeof text) >= 0);
        texts += event.cookie == TR_LOG_TEXT;
        lost += event.cookie == TR_LOG_LOST;
    }
    (void)tr_message_send(parent, NULL, 0, texts * 1000 + lost);
    return check_sleeper(0);
}

static void a_full_ring_drops_its_oldest_and_says_so(void)
{
    static char text[TR_LOG_MAX];
    struct tr_event event;

    for (int i = 0; i < 2000; i++) {
        CHECK_IS(tr_log(text, sizeof text), 0);
    }
    (void)check_start(TR_APPLICATION, "log", counts_records, check_self());
    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    CHECK(event.cookie % 1000 >= 1);
    CHECK(event.cookie / 1000 >= 4 && event.cookie / 1000 < 2000);
}

static void saved_without_a_stop_is_state(void)
{
    CHECK_IS(tr_system_saved(), TR_E_STATE);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_APPLICATION, the_clock_never_goes_back),
    CHECK_ROW(TR_APPLICATION, a_timer_fires_once),
    CHECK_ROW(TR_APPLICATION, timers_are_named_by_their_cookies),
    CHECK_ROW(TR_APPLICATION, setting_again_rearms),
    CHECK_ROW(TR_APPLICATION, cancel_tells_whether_it_was_armed_or_queued),
    CHECK_ROW(TR_APPLICATION, a_timer_in_the_past_fires_at_once),
    CHECK_ROW(TR_APPLICATION, random_fills_and_differs),
    CHECK_ROW(TR_APPLICATION, random_touches_only_what_was_asked),
    CHECK_ROW(TR_APPLICATION, system_info_tells_numbers_and_limits),
    CHECK_ROW(TR_SERVER, switches_are_counted_by_cause),
    CHECK_ROW(TR_APPLICATION, ghosts_have_addresses),
    CHECK_ROW_PROGRAM(TR_APPLICATION, an_address_found_is_the_function),
    CHECK_ROW(TR_SERVER, the_log_is_the_process_of_that_name),
    CHECK_ROW(TR_SERVER, a_full_ring_drops_its_oldest_and_says_so),
    CHECK_ROW(TR_APPLICATION, saved_without_a_stop_is_state),
    CHECK_END,
};
