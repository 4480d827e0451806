/* SPDX-License-Identifier: MIT */
/* interface.md 9: events. Each kind's own fields are checked where its source belongs. */

#include "check.h"

const char check_section[] = "events";

static void send_tag(uint64_t tag)
{
    CHECK(tr_message_send(check_self(), NULL, 0, tag) > 0);
}

static void poll_takes_the_oldest_or_0(void)
{
    struct tr_event event;

    CHECK_IS(tr_event_poll(&event), 0);
    send_tag(1);
    send_tag(2);
    CHECK_IS(tr_event_poll(&event), 1);
    CHECK_IS(event.cookie, 1);
    CHECK_IS(tr_event_poll(&event), 1);
    CHECK_IS(event.cookie, 2);
    CHECK_IS(tr_event_poll(&event), 0);
}

static void wait_sleeps_for_an_event(void)
{
    struct tr_event event;
    uint64_t at = (uint64_t)tr_clock() + 3000000;

    CHECK_IS(tr_timer_set(at, 5), 0);
    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    CHECK_IS(event.kind, TR_EVENT_TIMER);
    CHECK((uint64_t)tr_clock() >= at);
}

static void wait_times_out(void)
{
    struct tr_event event;
    uint64_t before = (uint64_t)tr_clock();

    CHECK_IS(tr_event_wait(&event, 2000000), TR_E_TIMEDOUT);
    CHECK((uint64_t)tr_clock() >= before + 2000000);
    CHECK((uint64_t)tr_clock() < before + 3000000);
}

static void take_gives_what_is_there_oldest_first(void)
{
    struct tr_event events[8];

    for (uint64_t tag = 1; tag <= 5; tag++) {
        send_tag(tag);
    }
    CHECK_IS(tr_event_take(events, 3, TR_FOREVER), 3);
    CHECK(events[0].cookie == 1 && events[1].cookie == 2 && events[2].cookie == 3);
    CHECK_IS(tr_event_take(events, 8, TR_FOREVER), 2);
    CHECK(events[0].cookie == 4 && events[1].cookie == 5);
    CHECK_IS(tr_event_take(events, 8, 1000000), TR_E_TIMEDOUT);
}

static int64_t sends_two(uint64_t receiver)
{
    CHECK(tr_message_send(receiver, NULL, 0, 1) > 0);
    CHECK(tr_message_send(receiver, NULL, 0, 2) > 0);
    return 0;
}

static void take_waits_only_for_the_first(void)
{
    struct tr_event events[8];

    (void)check_start(TR_APPLICATION, "sender", sends_two, check_self());
    CHECK_IS(tr_event_take(events, 8, TR_FOREVER), 1);
    CHECK_IS(events[0].cookie, 1);
    CHECK_IS(tr_event_take(events, 8, TR_FOREVER), 1);
    CHECK_IS(events[0].cookie, 2);
}

static void unused_fields_are_0(void)
{
    struct tr_event event;
    uint8_t *bytes = (uint8_t *)&event;

    for (size_t i = 0; i < sizeof event; i++) {
        bytes[i] = 0xff;
    }
    CHECK_IS(tr_timer_set(0, 31), 0);
    check_event(&event);
    CHECK_IS(event.kind, TR_EVENT_TIMER);
    CHECK_IS(event.flags, 0);
    CHECK_IS(event.object, 31);
    CHECK_IS(event.source_pid, 0);
    CHECK_IS(event.size, 0);
    CHECK_IS(event.cookie, 31);
    CHECK_IS(event.account, 0);
    CHECK_IS(event.count, 1);
}

static void an_event_has_the_time_it_came_to_be(void)
{
    struct tr_event event;
    uint64_t at = (uint64_t)tr_clock() + 1000000;

    CHECK_IS(tr_timer_set(at, 1), 0);
    (void)tr_thread_sleep(at + 5000000);
    check_event(&event);
    CHECK(event.time >= at && event.time < at + 1000000);
}

static volatile uint64_t served[3];
static volatile uint64_t served_count;

static int64_t serves(uint64_t number)
{
    struct tr_event event;

    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    served[served_count] = number * 10 + event.cookie;
    served_count++;
    return 0;
}

static void waiting_threads_form_a_line_by_arrival(void)
{
    served_count = 0;
    for (uint64_t number = 1; number <= 3; number++) {
        (void)check_thread(serves, number);
        check_settle();
    }
    for (uint64_t tag = 1; tag <= 3; tag++) {
        send_tag(tag);
    }
    check_settle();
    CHECK_IS(served_count, 3);
    CHECK(served[0] == 11 && served[1] == 22 && served[2] == 33);
}

static void a_timer_queued_is_replaced_when_set_again(void)
{
    struct tr_event event;

    CHECK_IS(tr_timer_set(0, 1), 0);
    send_tag(7);
    CHECK_IS(tr_timer_set((uint64_t)tr_clock() + 1000000, 1), 0);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(tr_event_wait(&event, 0), TR_E_TIMEDOUT);
    check_event_kind(&event, TR_EVENT_TIMER, __LINE__);
}

static void events_of_many_sources_come_in_order(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "victim", check_sleeper, 0);

    CHECK_IS(tr_process_watch(pid, 0), 0);
    send_tag(1);
    CHECK_IS(tr_process_terminate(pid, 0), 0);
    CHECK_IS(tr_timer_set(0, 9), 0);
    send_tag(2);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    check_event_kind(&event, TR_EVENT_TIMER, __LINE__);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
}

static void no_event_is_lost_however_many_sources(void)
{
    struct tr_event event;
    uint64_t pids[40];

    for (size_t i = 0; i < 40; i++) {
        pids[i] = check_start(TR_APPLICATION, "victim", check_sleeper, 0);
        CHECK_IS(tr_process_watch(pids[i], i), 0);
        CHECK_IS(tr_timer_set((uint64_t)tr_clock(), 100 + i), 0);
    }
    for (size_t i = 0; i < 40; i++) {
        CHECK_IS(tr_process_terminate(pids[i], 0), 0);
    }
    check_settle();
    uint64_t exits = 0, timers = 0;
    while (tr_event_poll(&event) == 1) {
        exits += event.kind == TR_EVENT_PROCESS_EXIT;
        timers += event.kind == TR_EVENT_TIMER;
    }
    CHECK_IS(exits, 40);
    CHECK_IS(timers, 40);
}

static void next_is(enum tr_event_kind kind, uint64_t object, uint32_t count, uint64_t cookie,
                    int line)
{
    struct tr_event event;

    check_event_kind(&event, kind, line);
    if (event.object != object || event.count != count || event.cookie != cookie) {
        check_failed(line, (int64_t)event.cookie);
    }
}

#define NEXT_IS(kind, object, count, cookie)                                                       \
    next_is(TR_EVENT_##kind, (uint64_t)(object), count, cookie, __LINE__)

static void nothing_more(void)
{
    struct tr_event event;

    CHECK_IS(tr_event_poll(&event), 0);
}

static int64_t drops_and_ends(uint64_t unused)
{
    (void)unused;
    CHECK_IS(tr_process_drop_class(TR_APPLICATION), 0);
    return 9;
}

/* Both events of a watch are in the queue; then one of a process that has gone altogether. */
static void watching_a_process_again_gives_queued_events_the_new_cookie(void)
{
    uint64_t pid = check_start(TR_SERVER, "drops", drops_and_ends, 0);

    CHECK_IS(tr_process_watch(pid, 1), 0);
    check_settle();
    send_tag(5);
    CHECK_IS(tr_process_watch(pid, 2), 0);
    NEXT_IS(CLASS_CHANGED, pid, 1, 2);
    struct tr_event event;
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK(event.cookie == 2 && event.count == 1 && event.flags == TR_EVENT_EXITED);
    CHECK_IS(event.size, 9);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    nothing_more();
    CHECK_IS(tr_process_watch(pid, 3), 0);
    CHECK_IS(tr_process_watch(pid, 4), 0);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK(event.cookie == 4 && event.count == 1 && event.flags == 0 && event.size == 0);
    nothing_more();
}

/* They keep their places; one that tells of devices now tells of those that are there. */
static void watching_devices_again_gives_queued_events_the_new_cookie(void)
{
    CHECK_IS(tr_device_watch("again", 1), 0);
    int64_t first = tr_device_create("again\\a", 3, 0);
    CHECK_IS(tr_device_destroy((uint64_t)first), 0);
    send_tag(5);
    CHECK_IS(tr_device_watch("again", 2), 0);
    NEXT_IS(DEVICE_ADDED, first, 1, 2);
    NEXT_IS(DEVICE_REMOVED, first, 1, 2);
    struct tr_event event;
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    nothing_more();
    (void)tr_device_create("again\\b", 3, 0);
    int64_t last = tr_device_create("again\\c", 3, 0);
    first = tr_device_create("again\\d", 3, 0);
    CHECK_IS(tr_device_destroy((uint64_t)first), 0);
    send_tag(6);
    CHECK_IS(tr_device_watch("again", 3), 0);
    NEXT_IS(DEVICE_ADDED, last, 2, 3);
    NEXT_IS(DEVICE_REMOVED, first, 1, 3);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    nothing_more();
}

static void take_of_none_is_invalid(void)
{
    struct tr_event event;

    CHECK_IS(tr_event_take(&event, 0, 0), TR_E_INVAL);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_APPLICATION, poll_takes_the_oldest_or_0),
    CHECK_ROW(TR_APPLICATION, wait_sleeps_for_an_event),
    CHECK_ROW(TR_APPLICATION, wait_times_out),
    CHECK_ROW(TR_APPLICATION, take_gives_what_is_there_oldest_first),
    CHECK_ROW(TR_SERVER, take_waits_only_for_the_first),
    CHECK_ROW(TR_APPLICATION, unused_fields_are_0),
    CHECK_ROW(TR_APPLICATION, an_event_has_the_time_it_came_to_be),
    CHECK_ROW(TR_APPLICATION, waiting_threads_form_a_line_by_arrival),
    CHECK_ROW(TR_APPLICATION, a_timer_queued_is_replaced_when_set_again),
    CHECK_ROW(TR_SERVER, events_of_many_sources_come_in_order),
    CHECK_ROW(TR_SERVER, no_event_is_lost_however_many_sources),
    CHECK_ROW(TR_SERVER, watching_a_process_again_gives_queued_events_the_new_cookie),
    CHECK_ROW(TR_DRIVER, watching_devices_again_gives_queued_events_the_new_cookie),
    CHECK_ROW(TR_APPLICATION, take_of_none_is_invalid),
    CHECK_END,
};
