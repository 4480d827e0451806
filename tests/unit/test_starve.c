/* SPDX-License-Identifier: MIT */
/* A class that does not get to run for a second is told, once. There is no log here, so the
 * machine's console has what was told. */

#include "unit.h"

#include <string.h>

#include "kernel/state.h"

#define SECOND UINT64_C(1000000000)

static unsigned told(const struct machine *machine, const char *text)
{
    unsigned count = 0;
    const char *at = machine->console;
    while ((at = strstr(at, text)) != NULL) {
        at += strlen(text);
        count++;
    }
    return count;
}

/* A driver runs, an application is ready. */
static uint64_t begin(struct machine *machine, uint64_t *driver)
{
    *driver = fake_process(machine, TR_DRIVER, "hog");
    fake_process(machine, TR_APPLICATION, "poor");
    assert_int_equal(kernel_current_pid(machine->kernel), *driver);
    return machine->time;
}

static void a_class_that_waits_for_a_second_is_told_once(void **state)
{
    struct machine *machine = *state;
    uint64_t driver, began = begin(machine, &driver);

    fake_pass(machine, began + SECOND - 1000);
    assert_int_equal(told(machine, "have not run"), 0);
    fake_pass(machine, began + SECOND + 1000);
    assert_int_equal(
        told(machine, "applications have not run for 1000 ms: a\\poor (process 2) is ready"), 1);
    assert_int_equal(told(machine, "and d\\hog (process 1) runs"), 1);
    fake_pass(machine, began + 20 * SECOND);
    assert_int_equal(told(machine, "have not run"), 1);
}

static void each_class_is_told_for_itself(void **state)
{
    struct machine *machine = *state;
    uint64_t driver, began = begin(machine, &driver);

    fake_pass(machine, began + SECOND / 2);
    fake_process(machine, TR_SERVER, "middle");
    fake_pass(machine, began + SECOND + 1000);
    assert_int_equal(told(machine, "servers have not run"), 0);
    assert_int_equal(told(machine, "applications have not run"), 1);
    fake_pass(machine, began + SECOND + SECOND / 2 - 1000);
    assert_int_equal(told(machine, "servers have not run"), 0);
    fake_pass(machine, began + SECOND + SECOND / 2 + 1000);
    assert_int_equal(told(machine, "servers have not run for 1000 ms: s\\middle (process 3)"), 1);
    assert_int_equal(told(machine, "have not run"), 2);
}

/* Who is first in the queue does not matter. */
static void a_class_is_told_once_though_others_of_it_wait(void **state)
{
    struct machine *machine = *state;
    uint64_t driver, began = begin(machine, &driver);

    fake_process(machine, TR_APPLICATION, "next");
    fake_pass(machine, began + SECOND + 1000);
    assert_int_equal(told(machine, "have not run"), 1);
    assert_int_equal(CALL2(machine, process_terminate, 2, 0), 0);
    fake_pass(machine, began + 5 * SECOND);
    assert_int_equal(told(machine, "have not run"), 1);
}

/* Suspended and resumed, it has waited only since then. */
static void who_comes_later_waits_only_since_then(void **state)
{
    struct machine *machine = *state;
    uint64_t driver, began = begin(machine, &driver);

    fake_pass(machine, began + SECOND / 2);
    assert_int_equal(CALL1(machine, process_suspend, 2), 0);
    assert_int_equal(CALL1(machine, process_resume, 2), 0);
    fake_pass(machine, began + SECOND + SECOND / 2 - 1000);
    assert_int_equal(told(machine, "have not run"), 0);
    fake_pass(machine, began + SECOND + SECOND / 2 + 1000);
    assert_int_equal(told(machine, "have not run"), 1);
}

static void who_has_run_in_between_is_told_again(void **state)
{
    struct machine *machine = *state;
    uint64_t driver, began = begin(machine, &driver);

    fake_pass(machine, began + 2 * SECOND);
    assert_int_equal(told(machine, "have not run"), 1);
    (void)CALL1(machine, thread_sleep, began + 2 * SECOND + 5000);
    assert_int_equal(kernel_current_pid(machine->kernel), 2);
    fake_pass(machine, began + 2 * SECOND + 5000);
    assert_int_equal(kernel_current_pid(machine->kernel), driver);
    fake_pass(machine, began + 5 * SECOND);
    assert_int_equal(told(machine, "applications have not run"), 2);
}

/* The drivers sleep again and again, but nobody else comes to run in between. */
static void those_who_take_turns_starve_others_too(void **state)
{
    struct machine *machine = *state;
    uint64_t driver, began = begin(machine, &driver);
    fake_process(machine, TR_DRIVER, "second");

    for (uint64_t at = began; at < began + 3 * SECOND; at += SECOND / 100) {
        fake_pass(machine, at);
        (void)CALL0(machine, thread_yield);
    }
    assert_int_equal(told(machine, "applications have not run"), 1);
}

static void a_little_now_and_then_is_enough(void **state)
{
    struct machine *machine = *state;
    uint64_t driver, began = begin(machine, &driver);

    for (uint64_t at = began; at < began + 5 * SECOND; at += SECOND / 2) {
        fake_pass(machine, at + 1000);
        (void)CALL1(machine, thread_sleep, at + 2000);
        fake_pass(machine, at + 2000);
        assert_int_equal(kernel_current_pid(machine->kernel), driver);
    }
    assert_int_equal(told(machine, "have not run"), 0);
}

static void nobody_is_told_of_who_is_suspended_or_has_ended(void **state)
{
    struct machine *machine = *state;
    uint64_t driver, began = begin(machine, &driver);

    assert_int_equal(CALL1(machine, process_suspend, 2), 0);
    fake_pass(machine, began + 3 * SECOND);
    assert_int_equal(told(machine, "have not run"), 0);
    assert_int_equal(CALL1(machine, process_resume, 2), 0);
    fake_pass(machine, began + 3 * SECOND + SECOND / 2);
    assert_int_equal(CALL2(machine, process_terminate, 2, 0), 0);
    fake_pass(machine, began + 6 * SECOND);
    assert_int_equal(told(machine, "have not run"), 0);
}

/* An idle machine has nothing to look at, and no timer. */
static void an_idle_machine_has_no_timer_for_it(void **state)
{
    struct machine *machine = *state;
    uint64_t driver;
    (void)begin(machine, &driver);

    assert_true(machine->deadline != TR_FOREVER);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_null(machine->current);
    assert_null(machine->kernel->alarm_first);
}

static void with_a_log_that_runs_only_the_log_is_told(void **state)
{
    struct machine *machine = *state;
    struct tr_event event;
    uint64_t log = fake_process(machine, TR_APPLICATION, "log");
    (void)log;
    (void)CALL2(machine, event_wait, FAKE_WORD(&event), TR_FOREVER);
    uint64_t driver, began = begin(machine, &driver);

    fake_pass(machine, began + SECOND + 1000);
    assert_int_equal(told(machine, "applications have not run"), 1);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    while (kernel_current_pid(machine->kernel) != log) {
        (void)CALL0(machine, thread_yield);
    }
    assert_int_equal(event.cookie, TR_LOG_STARVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_class_that_waits_for_a_second_is_told_once),
        UNIT_TEST(each_class_is_told_for_itself),
        UNIT_TEST(a_class_is_told_once_though_others_of_it_wait),
        UNIT_TEST(who_comes_later_waits_only_since_then),
        UNIT_TEST(who_has_run_in_between_is_told_again),
        UNIT_TEST(those_who_take_turns_starve_others_too),
        UNIT_TEST(a_little_now_and_then_is_enough),
        UNIT_TEST(nobody_is_told_of_who_is_suspended_or_has_ended),
        UNIT_TEST(an_idle_machine_has_no_timer_for_it),
        UNIT_TEST(with_a_log_that_runs_only_the_log_is_told),
    };
    return cmocka_run_group_tests_name("starve", tests, NULL, NULL);
}
