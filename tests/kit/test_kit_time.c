/* SPDX-License-Identifier: MIT */
/* Scripted time and interrupts in the kit. */

#include <terrarium/kit.h>

#define SECOND UINT64_C(1000000000)

static int64_t sleeps_until(void *argument)
{
    return tr_thread_sleep(*(uint64_t *)argument);
}

static void sleeping_costs_no_time(void **state)
{
    uint64_t year = 365 * 24 * 3600 * SECOND;
    uint64_t pid = tr_kit_process(*state, TR_APPLICATION, "sleeps", sleeps_until, &year);

    tr_kit_finish(*state);
    assert_int_equal(tr_kit_exit_code(*state, pid), 0);
    assert_true(tr_kit_time(*state) >= year);
}

static void a_run_stops_at_its_time(void **state)
{
    uint64_t until = 10 * SECOND;
    uint64_t pid = tr_kit_process(*state, TR_APPLICATION, "sleeps", sleeps_until, &until);

    assert_int_equal(tr_kit_run_until(*state, 3 * SECOND), TR_KIT_TIME);
    assert_true(tr_kit_time(*state) >= 3 * SECOND && tr_kit_time(*state) < 4 * SECOND);
    assert_int_equal(tr_kit_run_until(*state, 9 * SECOND), TR_KIT_TIME);
    assert_false(tr_kit_has_ended(*state, pid));
    assert_int_equal(tr_kit_run(*state), TR_KIT_IDLE);
    assert_true(tr_kit_has_ended(*state, pid));
}

static int64_t listens(void *argument)
{
    struct tr_event event;
    uint64_t *times = argument;

    assert_int_equal(tr_irq_listen(5, 31), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(tr_event_wait(&event, TR_FOREVER), 1);
        assert_int_equal(event.kind, TR_EVENT_IRQ);
        assert_int_equal(event.object, 5);
        assert_int_equal(event.cookie, 31);
        times[i] = (uint64_t)tr_clock();
        assert_int_equal(tr_irq_acknowledge(5), 0);
    }
    return 0;
}

static void lines_rise_at_their_times(void **state)
{
    uint64_t times[3] = {0};
    uint64_t pid = tr_kit_process(*state, TR_DRIVER, "listens", listens, times);

    tr_kit_raise_at(*state, 5, 2 * SECOND);
    tr_kit_raise_at(*state, 5, 1 * SECOND);
    assert_int_equal(tr_kit_run(*state), TR_KIT_IDLE);
    assert_true(times[0] >= 1 * SECOND && times[0] < 1 * SECOND + SECOND / 10);
    assert_true(times[1] >= 2 * SECOND && times[1] < 2 * SECOND + SECOND / 10);
    assert_false(tr_kit_has_ended(*state, pid));
    tr_kit_raise(*state, 5);
    tr_kit_finish(*state);
    assert_int_equal(tr_kit_exit_code(*state, pid), 0);
    assert_int_equal(tr_kit_count(*state, TR_TRACE_INTERRUPT), 3);
}

static int64_t acknowledges_late(void *argument)
{
    struct tr_event event;

    (void)argument;
    assert_int_equal(tr_irq_listen(4, 0), 0);
    assert_int_equal(tr_event_wait(&event, TR_FOREVER), 1);
    assert_int_equal(event.count, 1);
    (void)tr_thread_sleep((uint64_t)tr_clock() + SECOND / 10);
    assert_int_equal(tr_event_poll(&event), 0);
    assert_int_equal(tr_irq_acknowledge(4), 0);
    assert_int_equal(tr_event_wait(&event, SECOND / 10), 1);
    assert_int_equal(tr_irq_acknowledge(4), 0);
    assert_int_equal(tr_event_wait(&event, SECOND / 10), TR_E_TIMEDOUT);
    return 0;
}

static void one_further_edge_is_kept_while_masked(void **state)
{
    uint64_t pid = tr_kit_process(*state, TR_DRIVER, "late", acknowledges_late, NULL);

    for (uint64_t i = 0; i < 5; i++) {
        tr_kit_raise_at(*state, 4, SECOND + i * 1000000);
    }
    tr_kit_finish(*state);
    assert_int_equal(tr_kit_exit_code(*state, pid), 0);
}

#define KIT_TEST(function) cmocka_unit_test_setup_teardown(function, tr_kit_setup, tr_kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(sleeping_costs_no_time),
        KIT_TEST(a_run_stops_at_its_time),
        KIT_TEST(lines_rise_at_their_times),
        KIT_TEST(one_further_edge_is_kept_while_masked),
    };

    return cmocka_run_group_tests_name("kit: time", tests, NULL, NULL);
}
