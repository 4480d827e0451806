/* SPDX-License-Identifier: MIT */
/* interface.md 14: scheduling. */

#include "check.h"

const char check_section[] = "scheduling";

static uint64_t cpu_time(uint64_t pid)
{
    struct tr_process_info info;

    CHECK_IS(tr_process_info(pid, &info), 0);
    return info.cpu_time;
}

static int64_t calls_without_end(uint64_t unused)
{
    (void)unused;
    while (tr_clock() >= 0) {
    }
    return 0;
}

static void lower_classes_wait_while_a_higher_is_awake(void)
{
    uint64_t server = check_start(TR_SERVER, "busy", calls_without_end, 0);
    uint64_t application = check_start(TR_APPLICATION, "starved", calls_without_end, 0);

    (void)tr_thread_sleep((uint64_t)tr_clock() + 30000000);
    CHECK(cpu_time(server) > 29000000);
    CHECK_IS(cpu_time(application), 0);
    CHECK_IS(tr_process_suspend(server), 0);
    (void)tr_thread_sleep((uint64_t)tr_clock() + 20000000);
    CHECK(cpu_time(application) > 19000000);
}

static void one_class_shares_equally(void)
{
    uint64_t pids[4];

    for (size_t i = 0; i < 4; i++) {
        pids[i] = check_start(TR_APPLICATION, "busy", calls_without_end, 0);
    }
    (void)tr_thread_sleep((uint64_t)tr_clock() + 80000000);
    for (size_t i = 0; i < 4; i++) {
        uint64_t time = cpu_time(pids[i]);
        CHECK(time > 19000000 && time < 21000000);
    }
}

static int64_t two_busy_threads(uint64_t unused)
{
    (void)check_thread(calls_without_end, unused);
    return calls_without_end(0);
}

static void shares_are_by_thread(void)
{
    uint64_t two = check_start(TR_APPLICATION, "two", two_busy_threads, 0);
    uint64_t one = check_start(TR_APPLICATION, "one", calls_without_end, 0);

    (void)tr_thread_sleep((uint64_t)tr_clock() + 90000000);
    CHECK(cpu_time(two) > 49000000 && cpu_time(two) < 71000000);
    CHECK(cpu_time(one) > 19000000 && cpu_time(one) < 41000000);
}

static int64_t notes_its_turn(uint64_t receiver)
{
    struct tr_event event;

    CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
    (void)tr_message_send(receiver, NULL, 0, 1);
    return check_sleeper(0);
}

static int64_t wakes_a_higher(uint64_t receiver)
{
    int64_t server = tr_process_find("s\\higher", 0);

    CHECK(server > 0);
    CHECK(tr_message_send((uint64_t)server, NULL, 0, 0) > 0);
    (void)tr_message_send(receiver, NULL, 0, 2);
    return 0;
}

static void waking_a_higher_class_preempts_before_the_call_returns(void)
{
    struct tr_event event;

    (void)check_start(TR_SERVER, "higher", notes_its_turn, check_self());
    check_settle();
    (void)check_start(TR_APPLICATION, "lower", wakes_a_higher, check_self());
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 1);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 2);
}

static int64_t wakes_an_equal(uint64_t receiver)
{
    int64_t equal = tr_process_find("a\\equal", 0);

    CHECK(equal > 0);
    CHECK(tr_message_send((uint64_t)equal, NULL, 0, 0) > 0);
    (void)tr_message_send(receiver, NULL, 0, 2);
    return 0;
}

static void waking_an_equal_class_does_not_preempt(void)
{
    struct tr_event event;

    (void)check_start(TR_APPLICATION, "equal", notes_its_turn, check_self());
    check_settle();
    (void)check_start(TR_APPLICATION, "waker", wakes_an_equal, check_self());
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 2);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 1);
}

static int64_t tells_turns(uint64_t receiver)
{
    for (int i = 0; i < 3; i++) {
        (void)tr_message_send(receiver, NULL, 0, check_self());
        (void)tr_thread_yield();
    }
    return 0;
}

static void yields_go_round(void)
{
    struct tr_event event;
    uint64_t pids[3];

    for (size_t i = 0; i < 3; i++) {
        pids[i] = check_start(TR_APPLICATION, "turns", tells_turns, check_self());
    }
    for (size_t i = 0; i < 9; i++) {
        check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
        CHECK_IS(event.cookie, pids[i % 3]);
    }
}

static volatile uint64_t forever = 1;

static int64_t spins_without_calls(uint64_t unused)
{
    while (forever != 0) {
    }
    return (int64_t)unused;
}

static int64_t ticks(uint64_t receiver)
{
    for (uint64_t i = 1; i <= 3; i++) {
        (void)tr_thread_sleep((uint64_t)tr_clock() + 20000000);
        (void)tr_message_send(receiver, NULL, 0, i);
    }
    return 0;
}

static void a_counted_spinner_does_not_stop_others_of_its_class(void)
{
    struct tr_event event;

    (void)check_start(TR_APPLICATION, "spins", spins_without_calls, 0);
    (void)check_start(TR_APPLICATION, "ticks", ticks, check_self());
    for (uint64_t i = 1; i <= 3; i++) {
        check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
        CHECK_IS(event.cookie, i);
    }
}

static volatile uint64_t turn_taken;

static int64_t takes_its_turn(uint64_t value)
{
    turn_taken = value;
    return 0;
}

static void a_thread_made_ready_gets_its_turn_from_a_spinner(void)
{
    (void)check_thread(takes_its_turn, 7);
    while (turn_taken != 7) {
    }
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_DRIVER, lower_classes_wait_while_a_higher_is_awake),
    CHECK_ROW(TR_SERVER, one_class_shares_equally),
    CHECK_ROW(TR_SERVER, shares_are_by_thread),
    CHECK_ROW(TR_DRIVER, waking_a_higher_class_preempts_before_the_call_returns),
    CHECK_ROW(TR_SERVER, waking_an_equal_class_does_not_preempt),
    CHECK_ROW(TR_SERVER, yields_go_round),
    CHECK_ROW_PROGRAM(TR_SERVER, a_counted_spinner_does_not_stop_others_of_its_class),
    CHECK_ROW_PROGRAM(TR_SERVER, a_thread_made_ready_gets_its_turn_from_a_spinner),
    CHECK_END,
};
