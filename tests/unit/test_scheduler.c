/* SPDX-License-Identifier: MIT */
/* Which thread runs: classes, slices, preemption, suspension. */

#include "unit.h"

#define SLICE UINT64_C(10000000)

static void a_class_takes_turns_in_equal_slices(void **state)
{
    struct machine *machine = *state;
    uint64_t pids[3] = {fake_process(machine, TR_SERVER, "one"),
                        fake_process(machine, TR_SERVER, "two"),
                        fake_process(machine, TR_SERVER, "three")};
    uint64_t began = machine->time;

    for (uint64_t slice = 0; slice < 30; slice++) {
        assert_int_equal(kernel_current_pid(machine->kernel), pids[slice % 3]);
        fake_pass(machine, began + (slice + 1) * SLICE - 1);
        assert_int_equal(kernel_current_pid(machine->kernel), pids[slice % 3]);
        fake_pass(machine, began + (slice + 1) * SLICE);
    }
}

static void time_counts_while_it_runs(void **state)
{
    struct machine *machine = *state;
    struct tr_process_info before, after;
    struct tr_thread_info thread;

    uint64_t pid = fake_process(machine, TR_SERVER, "one");
    uint64_t other = fake_process(machine, TR_SERVER, "two");
    assert_int_equal(CALL2(machine, process_info, pid, FAKE_WORD(&before)), 0);
    machine->time += SLICE / 2;
    assert_int_equal(CALL2(machine, process_info, pid, FAKE_WORD(&after)), 0);
    assert_int_equal(after.cpu_time - before.cpu_time, SLICE / 2);
    assert_true(kernel_thread_next(machine->kernel, pid, 0, &thread) > 0);
    assert_int_equal(thread.cpu_time, after.cpu_time);
    assert_int_equal(CALL2(machine, process_info, other, FAKE_WORD(&after)), 0);
    assert_int_equal(after.cpu_time, 0);
}

static void a_lone_thread_needs_no_timer(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_APPLICATION, "one");
    assert_true(machine->deadline == TR_FOREVER);
}

static void a_yield_goes_to_the_tail(void **state)
{
    struct machine *machine = *state;
    uint64_t first = fake_process(machine, TR_APPLICATION, "one");
    uint64_t second = fake_process(machine, TR_APPLICATION, "two");
    uint64_t third = fake_process(machine, TR_APPLICATION, "three");

    (void)CALL0(machine, thread_yield);
    assert_int_equal(kernel_current_pid(machine->kernel), second);
    (void)CALL0(machine, thread_yield);
    assert_int_equal(kernel_current_pid(machine->kernel), third);
    (void)CALL0(machine, thread_yield);
    assert_int_equal(kernel_current_pid(machine->kernel), first);
}

static void the_preempted_keeps_its_place_and_the_rest_of_its_slice(void **state)
{
    struct machine *machine = *state;
    uint64_t driver = fake_process(machine, TR_DRIVER, "driver");
    uint64_t began = machine->time;

    (void)CALL1(machine, thread_sleep, began + SLICE / 2);
    uint64_t first = fake_process(machine, TR_APPLICATION, "one");
    uint64_t second = fake_process(machine, TR_APPLICATION, "two");
    assert_int_equal(kernel_current_pid(machine->kernel), first);
    fake_pass(machine, began + SLICE / 2);
    assert_int_equal(kernel_current_pid(machine->kernel), driver);
    fake_pass(machine, began + SLICE);
    uint64_t resumed = machine->time;
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), first);
    fake_pass(machine, resumed + SLICE / 2 - 1000);
    assert_int_equal(kernel_current_pid(machine->kernel), first);
    fake_pass(machine, resumed + SLICE / 2 + 1000);
    assert_int_equal(kernel_current_pid(machine->kernel), second);
}

static void the_preempted_whose_slice_is_over_goes_to_the_tail(void **state)
{
    struct machine *machine = *state;
    uint64_t began = machine->time;
    uint64_t driver = fake_process(machine, TR_DRIVER, "driver");

    (void)CALL1(machine, thread_sleep, began + SLICE);
    (void)fake_process(machine, TR_APPLICATION, "one");
    uint64_t second = fake_process(machine, TR_APPLICATION, "two");
    fake_pass(machine, began + SLICE);
    assert_int_equal(kernel_current_pid(machine->kernel), driver);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), second);
}

static void a_message_to_a_higher_class_preempts_its_sender(void **state)
{
    struct machine *machine = *state;
    struct tr_event event;
    uint64_t server = fake_process(machine, TR_SERVER, "server");

    (void)CALL2(machine, event_wait, FAKE_WORD(&event), TR_FOREVER);
    uint64_t application = fake_process(machine, TR_APPLICATION, "application");
    assert_int_equal(CALL4(machine, message_send, server, FAKE_WORD("x"), 1, 9), FAKE_SLEEPS);
    assert_int_equal(kernel_current_pid(machine->kernel), server);
    assert_int_equal(event.cookie, 9);
    (void)CALL2(machine, event_wait, FAKE_WORD(&event), TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), application);
    assert_true(fake_result(machine, application) > 0);
}

static void a_message_to_an_equal_class_does_not(void **state)
{
    struct machine *machine = *state;
    struct tr_event event;
    uint64_t first = fake_process(machine, TR_SERVER, "first");

    (void)CALL2(machine, event_wait, FAKE_WORD(&event), TR_FOREVER);
    uint64_t second = fake_process(machine, TR_SERVER, "second");
    assert_true(CALL4(machine, message_send, first, FAKE_WORD("x"), 1, 9) > 0);
    assert_int_equal(kernel_current_pid(machine->kernel), second);
}

static void the_suspended_do_not_run_until_resumed(void **state)
{
    struct machine *machine = *state;
    uint64_t driver = fake_process(machine, TR_DRIVER, "driver");
    uint64_t victim = fake_process(machine, TR_DRIVER, "victim");

    assert_int_equal(fake_call_as(machine, driver, TR_NR_process_suspend, victim, 0, 0, 0, 0, 0),
                     0);
    assert_int_equal(CALL1(machine, process_suspend, victim), 0);
    (void)CALL0(machine, thread_yield);
    assert_int_equal(kernel_current_pid(machine->kernel), driver);
    assert_int_equal(CALL1(machine, process_resume, victim), 0);
    (void)CALL0(machine, thread_yield);
    assert_int_equal(kernel_current_pid(machine->kernel), victim);
}

static void dropping_the_class_yields_to_those_above(void **state)
{
    struct machine *machine = *state;
    uint64_t first = fake_process(machine, TR_DRIVER, "first");
    uint64_t second = fake_process(machine, TR_SERVER, "second");

    assert_int_equal(kernel_current_pid(machine->kernel), first);
    (void)CALL1(machine, process_drop_class, TR_APPLICATION);
    assert_int_equal(kernel_current_pid(machine->kernel), second);
}

/* A process whose thread sleeps for so long; everybody else has been put to sleep before it. */
static uint64_t sleeping_process(struct machine *machine, enum tr_class process_class,
                                 const char *name, uint64_t until)
{
    uint64_t pid = fake_process(machine, process_class, name);

    assert_int_equal(kernel_current_pid(machine->kernel), pid);
    assert_int_equal(CALL1(machine, thread_sleep, until), FAKE_SLEEPS);
    return pid;
}

/* In one entry, while nobody runs: the first is to run, the second queues behind it, and then comes
 * one of a higher class. The first has kept its place before the second. */
static void whoever_was_to_run_next_keeps_its_place_before_those_woken_later(void **state)
{
    struct machine *machine = *state;
    uint64_t first = sleeping_process(machine, TR_SERVER, "first", 1001);
    uint64_t second = sleeping_process(machine, TR_SERVER, "second", 1002);
    uint64_t third = sleeping_process(machine, TR_SERVER, "third", 1003);
    uint64_t above = sleeping_process(machine, TR_DRIVER, "above", 1004);

    assert_null(machine->current);
    machine->time = 2000;
    machine->current = kernel_timer(machine->kernel);
    assert_int_equal(kernel_current_pid(machine->kernel), above);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), first);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), second);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), third);
}

/* The server goes to sleep before it wakes its caller: while nobody runs, the caller is the next to
 * run only if nobody of its class waits. */
static void who_is_answered_queues_behind_its_class(void **state)
{
    struct machine *machine = *state;
    struct tr_event event;
    uint8_t bytes[8] = {0};
    uint64_t server = fake_process(machine, TR_SERVER, "server");

    (void)CALL6(machine, message_reply_wait, 0, 0, 0, FAKE_WORD(&event), FAKE_WORD(bytes), 8);
    uint64_t caller = fake_process(machine, TR_SERVER, "caller");
    (void)CALL6(machine, message_call, server, FAKE_WORD(bytes), 1, FAKE_WORD(bytes), 8,
                TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), server);
    uint64_t other = fake_process(machine, TR_SERVER, "other");
    (void)CALL6(machine, message_reply_wait, event.object, FAKE_WORD(bytes), 1, FAKE_WORD(&event),
                FAKE_WORD(bytes), 8);
    assert_int_equal(kernel_current_pid(machine->kernel), other);
    (void)CALL0(machine, thread_yield);
    assert_int_equal(kernel_current_pid(machine->kernel), caller);
}

/* It was preempted, and has run for the rest of its slice. */
static void who_yields_has_a_whole_slice_the_next_time(void **state)
{
    struct machine *machine = *state;
    uint64_t began = machine->time;
    (void)fake_process(machine, TR_DRIVER, "driver");

    (void)CALL1(machine, thread_sleep, began + SLICE / 2);
    uint64_t first = fake_process(machine, TR_APPLICATION, "one");
    uint64_t second = fake_process(machine, TR_APPLICATION, "two");
    fake_pass(machine, began + SLICE / 2);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), first);
    (void)CALL0(machine, thread_yield);
    assert_int_equal(kernel_current_pid(machine->kernel), second);
    (void)CALL0(machine, thread_yield);
    assert_int_equal(kernel_current_pid(machine->kernel), first);
    fake_pass(machine, machine->time + SLICE - 1);
    assert_int_equal(kernel_current_pid(machine->kernel), first);
    fake_pass(machine, machine->time + 1);
    assert_int_equal(kernel_current_pid(machine->kernel), second);
}

static void other_threads_of_a_process_that_drops_its_class_go_to_the_tail(void **state)
{
    static _Alignas(16) uint8_t stack[256];
    struct machine *machine = *state;
    uint64_t first = fake_process(machine, TR_DRIVER, "first");
    uint64_t second = fake_process(machine, TR_SERVER, "second");

    assert_true(
        CALL4(machine, thread_create, FAKE_WORD(stack), 0, FAKE_WORD(stack + sizeof stack), 0) > 0);
    assert_int_equal(CALL1(machine, process_drop_class, TR_SERVER), 0);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), second);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    assert_int_equal(kernel_current_pid(machine->kernel), first);
}

static void a_sleep_until_now_is_over_and_one_wake_is_kept(void **state)
{
    struct machine *machine = *state;
    (void)fake_process(machine, TR_APPLICATION, "one");
    (void)fake_process(machine, TR_APPLICATION, "two");

    uint64_t self = kernel_current_tid(machine->kernel);
    assert_int_equal(CALL1(machine, thread_sleep, machine->time), 0);
    assert_int_equal(CALL1(machine, thread_wake, self), 0);
    assert_int_equal(CALL1(machine, thread_wake, self), 0);
    assert_int_equal(CALL1(machine, thread_sleep, TR_FOREVER), 1);
    assert_int_equal(CALL1(machine, thread_sleep, TR_FOREVER), FAKE_SLEEPS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_class_takes_turns_in_equal_slices),
        UNIT_TEST(time_counts_while_it_runs),
        UNIT_TEST(a_lone_thread_needs_no_timer),
        UNIT_TEST(a_yield_goes_to_the_tail),
        UNIT_TEST(the_preempted_keeps_its_place_and_the_rest_of_its_slice),
        UNIT_TEST(the_preempted_whose_slice_is_over_goes_to_the_tail),
        UNIT_TEST(a_message_to_a_higher_class_preempts_its_sender),
        UNIT_TEST(a_message_to_an_equal_class_does_not),
        UNIT_TEST(the_suspended_do_not_run_until_resumed),
        UNIT_TEST(dropping_the_class_yields_to_those_above),
        UNIT_TEST(whoever_was_to_run_next_keeps_its_place_before_those_woken_later),
        UNIT_TEST(who_is_answered_queues_behind_its_class),
        UNIT_TEST(who_yields_has_a_whole_slice_the_next_time),
        UNIT_TEST(other_threads_of_a_process_that_drops_its_class_go_to_the_tail),
        UNIT_TEST(a_sleep_until_now_is_over_and_one_wake_is_kept),
    };

    return cmocka_run_group_tests_name("scheduler", tests, NULL, NULL);
}
