/* SPDX-License-Identifier: MIT */
/* Timers: the calls, and the time queue behind them. */

#include "unit.h"

#include <string.h>

#include "kernel/timer.h"

static struct tr_event event;

static int64_t next_event(struct machine *machine)
{
    memset(&event, 0xee, sizeof event);
    return CALL1(machine, event_poll, FAKE_WORD(&event));
}

static void a_timer_rings_once_at_its_time(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_APPLICATION, "one");
    assert_int_equal(CALL2(machine, timer_set, 500, 7), 0);
    assert_int_equal(next_event(machine), 0);
    fake_pass(machine, 499);
    assert_int_equal(next_event(machine), 0);
    fake_pass(machine, 500);
    assert_int_equal(next_event(machine), 1);
    assert_int_equal(event.kind, TR_EVENT_TIMER);
    assert_int_equal(event.object, 7);
    assert_int_equal(event.cookie, 7);
    assert_int_equal(event.count, 1);
    assert_int_equal(event.source_class, 0);
    assert_int_equal(event.time, 500);
    assert_int_equal(CALL1(machine, timer_cancel, 7), TR_E_NOENT);
    fake_pass(machine, 5000);
    assert_int_equal(next_event(machine), 0);
}

static void setting_again_rearms_and_removes_a_queued_event(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_APPLICATION, "one");
    assert_int_equal(CALL2(machine, timer_set, 0, 1), 0);
    assert_int_equal(CALL2(machine, timer_set, 0, 2), 0);
    assert_int_equal(CALL2(machine, timer_set, 900, 1), 0);
    assert_int_equal(next_event(machine), 1);
    assert_int_equal(event.object, 2);
    assert_int_equal(next_event(machine), 0);
    fake_pass(machine, 900);
    assert_int_equal(CALL1(machine, timer_cancel, 1), 0);
    assert_int_equal(next_event(machine), 0);
    assert_int_equal(CALL1(machine, timer_cancel, 1), TR_E_NOENT);
    assert_int_equal(CALL2(machine, timer_set, TR_FOREVER, 1), 0);
    assert_int_equal(CALL1(machine, timer_cancel, 1), 0);
    assert_int_equal(CALL2(machine, timer_set, TR_FOREVER, 1), 0); /* left for the end */
    assert_int_equal(CALL2(machine, timer_set, 100000, 3), 0);
    assert_int_equal(CALL2(machine, timer_set, 0, 4), 0);
}

static void a_waiting_thread_takes_a_timer_at_once(void **state)
{
    struct machine *machine = *state;

    uint64_t pid = fake_process(machine, TR_APPLICATION, "one");
    assert_int_equal(CALL2(machine, timer_set, 500, 7), 0);
    assert_int_equal(CALL2(machine, event_wait, FAKE_WORD(&event), TR_FOREVER), FAKE_SLEEPS);
    fake_pass(machine, 600);
    assert_int_equal(fake_result(machine, pid), 1);
    assert_int_equal(event.object, 7);
    assert_int_equal(CALL1(machine, timer_cancel, 7), TR_E_NOENT);
}

static void many_timers_ring_in_order_of_time(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_APPLICATION, "one");
    for (uint64_t i = 0; i < 1000; i++) {
        assert_int_equal(CALL2(machine, timer_set, 1000 + i * 7919 % 1000, i), 0);
    }
    for (uint64_t i = 0; i < 1000; i += 3) {
        assert_int_equal(CALL1(machine, timer_cancel, i), 0);
    }
    fake_pass(machine, 5000);
    uint64_t before = 0;
    for (uint64_t i = 0; i < 666; i++) {
        assert_int_equal(next_event(machine), 1);
        assert_int_not_equal(event.cookie % 3, 0);
        uint64_t at = event.cookie * 7919 % 1000;
        assert_true(at >= before);
        before = at;
    }
    assert_int_equal(next_event(machine), 0);
}

static void a_timeout_far_away_is_for_ever(void **state)
{
    struct machine *machine = *state;

    machine->time = 1000;
    assert_true(alarm_after(machine->kernel, 5) == 1005);
    assert_true(alarm_after(machine->kernel, TR_FOREVER) == TR_FOREVER);
    assert_true(alarm_after(machine->kernel, TR_FOREVER - 10) == TR_FOREVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_timer_rings_once_at_its_time),
        UNIT_TEST(setting_again_rearms_and_removes_a_queued_event),
        UNIT_TEST(a_waiting_thread_takes_a_timer_at_once),
        UNIT_TEST(many_timers_ring_in_order_of_time),
        UNIT_TEST(a_timeout_far_away_is_for_ever),
    };

    return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
