/* SPDX-License-Identifier: MIT */
/* Event slots and the line of waiting threads: order, counting, cancelling, and who is served. */

#include "unit.h"

#include <string.h>

#include "kernel/event.h"
#include "kernel/process.h"
#include "kernel/state.h"

static struct tr_event events[8];

/* These tests raise slots of their own, which no record of a process has: the audit would say so
 * after each entry. */
static int setup(void **state)
{
    *state = fake_create(&(const struct kernel_config){.no_log_needed = true});
    return 0;
}

static void raise(struct machine *machine, uint64_t pid, struct event_slot *slot, uint64_t cookie)
{
    const struct tr_event values = {.kind = TR_EVENT_TIMER, .count = 1, .cookie = cookie};

    event_raise(machine->kernel, process_find(machine->kernel, pid), slot, &values);
}

static void events_come_in_the_order_of_raising(void **state)
{
    struct machine *machine = *state;
    struct event_slot slots[5];
    uint64_t pid = fake_process(machine, TR_APPLICATION, "a");

    for (size_t i = 0; i < 5; i++) {
        event_slot_init(&slots[i], NULL);
        raise(machine, pid, &slots[i], i);
    }
    assert_int_equal(CALL3(machine, event_take, FAKE_WORD(events), 3, 0), 3);
    assert_int_equal(CALL3(machine, event_take, FAKE_WORD(events + 3), 5, 0), 2);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(events[i].cookie, i);
        assert_false(event_is_queued(&slots[i]));
    }
    assert_int_equal(CALL3(machine, event_take, FAKE_WORD(events), 0, 0), TR_E_INVAL);
    assert_int_equal(CALL2(machine, event_wait, FAKE_WORD(events), 0), TR_E_TIMEDOUT);
}

static void raised_again_it_counts_up_and_keeps_its_place(void **state)
{
    struct machine *machine = *state;
    struct event_slot first;
    struct event_slot second;
    uint64_t pid = fake_process(machine, TR_APPLICATION, "a");

    event_slot_init(&first, NULL);
    event_slot_init(&second, NULL);
    raise(machine, pid, &first, 1);
    raise(machine, pid, &second, 2);
    raise(machine, pid, &first, 3);
    assert_int_equal(CALL3(machine, event_take, FAKE_WORD(events), 8, 0), 2);
    assert_int_equal(events[0].cookie, 3);
    assert_int_equal(events[0].count, 2);
    assert_int_equal(events[1].cookie, 2);
    assert_int_equal(events[1].count, 1);
}

static void a_cancelled_event_is_never_seen(void **state)
{
    struct machine *machine = *state;
    struct event_slot slot;
    uint64_t pid = fake_process(machine, TR_APPLICATION, "a");

    event_slot_init(&slot, NULL);
    raise(machine, pid, &slot, 1);
    event_cancel(&slot);
    event_cancel(&slot);
    assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(events)), 0);
}

static void an_urgent_event_goes_ahead(void **state)
{
    struct machine *machine = *state;
    struct event_slot usual;
    struct event_slot urgent;
    const struct tr_event values = {.kind = TR_EVENT_SAVE_STATE, .count = 1};
    uint64_t pid = fake_process(machine, TR_APPLICATION, "a");

    event_slot_init(&usual, NULL);
    event_slot_init(&urgent, NULL);
    raise(machine, pid, &usual, 1);
    event_raise_first(machine->kernel, process_find(machine->kernel, pid), &urgent, &values);
    assert_int_equal(CALL3(machine, event_take, FAKE_WORD(events), 8, 0), 2);
    assert_int_equal(events[0].kind, TR_EVENT_SAVE_STATE);
}

static void waiting_threads_are_served_in_order_of_arrival(void **state)
{
    static _Alignas(16) uint8_t stack[256];
    struct machine *machine = *state;
    struct event_slot slots[3];
    uint64_t pid = fake_process(machine, TR_APPLICATION, "a");

    for (int i = 0; i < 2; i++) {
        assert_true(CALL4(machine, thread_create, FAKE_WORD(stack), 0,
                          FAKE_WORD(stack + sizeof stack), 0) > 0);
    }
    memset(events, 0, sizeof events);
    for (size_t i = 0; i < 3; i++) {
        (void)CALL2(machine, event_wait, FAKE_WORD(&events[i]), TR_FOREVER);
    }
    assert_null(machine->current);
    for (size_t i = 0; i < 3; i++) {
        event_slot_init(&slots[i], NULL);
        raise(machine, pid, &slots[i], 100 + i);
        assert_int_equal(events[i].cookie, 100 + i);
    }
    machine->current = kernel_next(machine->kernel);
    unit_audit(machine);
}

static bool was_delivered;
static int taken_count;

static void taken(struct kernel *kernel, struct process *process, struct event_slot *slot,
                  bool delivered)
{
    (void)kernel;
    (void)process;
    (void)slot;
    was_delivered = delivered;
    taken_count++;
}

static void the_source_hears_of_delivery_and_of_death(void **state)
{
    struct machine *machine = *state;
    struct event_slot slot;
    uint64_t pid = fake_process(machine, TR_APPLICATION, "a");

    taken_count = 0;
    event_slot_init(&slot, taken);
    raise(machine, pid, &slot, 1);
    assert_int_equal(taken_count, 0);
    assert_int_equal(CALL1(machine, event_poll, FAKE_WORD(events)), 1);
    assert_int_equal(taken_count, 1);
    assert_true(was_delivered);
    raise(machine, pid, &slot, 2);
    (void)CALL1(machine, process_exit, 0);
    assert_int_equal(taken_count, 2);
    assert_false(was_delivered);
}

static void a_wait_that_runs_out_is_timed_out(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_APPLICATION, "a");
    uint64_t began = machine->time;

    assert_int_equal(CALL2(machine, event_wait, FAKE_WORD(events), 5000), FAKE_SLEEPS);
    fake_pass(machine, began + 4000);
    assert_null(machine->current);
    fake_pass(machine, machine->time + 5000);
    assert_int_equal(fake_result(machine, pid), TR_E_TIMEDOUT);
}

static void who_was_suspended_is_the_last_in_line_again(void **state)
{
    static _Alignas(16) uint8_t stack[256];
    struct machine *machine = *state;
    struct event_slot slot;
    uint64_t pid = fake_process(machine, TR_APPLICATION, "a");

    uint64_t first = kernel_current_tid(machine->kernel);
    assert_true(
        CALL4(machine, thread_create, FAKE_WORD(stack), 0, FAKE_WORD(stack + sizeof stack), 0) > 0);
    memset(events, 0, sizeof events);
    for (size_t i = 0; i < 2; i++) {
        (void)CALL2(machine, event_wait, FAKE_WORD(&events[i]), TR_FOREVER);
    }
    (void)fake_process(machine, TR_DRIVER, "driver");
    assert_int_equal(CALL2(machine, thread_suspend, pid, first), 0);
    assert_int_equal(CALL2(machine, thread_resume, pid, first), 0);
    event_slot_init(&slot, NULL);
    raise(machine, pid, &slot, 5);
    assert_int_equal(events[0].cookie, 0);
    assert_int_equal(events[1].cookie, 5);
    machine->current = kernel_next(machine->kernel);
}

#define EVENT_TEST(function) cmocka_unit_test_setup_teardown(function, setup, unit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVENT_TEST(events_come_in_the_order_of_raising),
        EVENT_TEST(raised_again_it_counts_up_and_keeps_its_place),
        EVENT_TEST(a_cancelled_event_is_never_seen),
        EVENT_TEST(an_urgent_event_goes_ahead),
        EVENT_TEST(waiting_threads_are_served_in_order_of_arrival),
        EVENT_TEST(the_source_hears_of_delivery_and_of_death),
        EVENT_TEST(a_wait_that_runs_out_is_timed_out),
        EVENT_TEST(who_was_suspended_is_the_last_in_line_again),
    };

    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
