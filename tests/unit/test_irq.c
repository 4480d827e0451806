/* SPDX-License-Identifier: MIT */
/* Interrupt lines: who is told, how often, and when a line is open again. */

#include "unit.h"

#include <string.h>

#include "kernel/state.h"

static struct tr_event event;

static int64_t next_event(struct machine *machine, uint64_t pid)
{
    memset(&event, 0xee, sizeof event);
    return fake_call_as(machine, pid, TR_NR_event_poll, FAKE_WORD(&event), 0, 0, 0, 0, 0);
}

static int64_t act(struct machine *machine, uint64_t pid, uint64_t number, uint64_t line)
{
    return fake_call_as(machine, pid, number, line, pid * 11, 0, 0, 0, 0);
}

static void words_and_states_are_checked(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "one");

    assert_int_equal(act(machine, pid, TR_NR_irq_listen, HAL_IRQ_LINES), TR_E_INVAL);
    assert_int_equal(act(machine, pid, TR_NR_irq_acknowledge, HAL_IRQ_LINES), TR_E_INVAL);
    assert_int_equal(act(machine, pid, TR_NR_irq_acknowledge, 3), TR_E_NOENT);
    assert_int_equal(act(machine, pid, TR_NR_irq_ignore, 3), TR_E_NOENT);
    assert_int_equal(act(machine, pid, TR_NR_irq_listen, 3), 0);
    assert_int_equal(act(machine, pid, TR_NR_irq_listen, 3), TR_E_EXIST);
    assert_int_equal(act(machine, pid, TR_NR_irq_acknowledge, 3), TR_E_STATE);
}

static void each_listener_is_told_with_its_cookie(void **state)
{
    struct machine *machine = *state;
    uint64_t pids[2] = {fake_process(machine, TR_DRIVER, "one"),
                        fake_process(machine, TR_DRIVER, "two")};

    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(act(machine, pids[i], TR_NR_irq_listen, 3), 0);
    }
    fake_raise(machine, 3);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(next_event(machine, pids[i]), 1);
        assert_int_equal(event.kind, TR_EVENT_IRQ);
        assert_int_equal(event.object, 3);
        assert_int_equal(event.cookie, pids[i] * 11);
        assert_int_equal(event.count, 1);
        assert_int_equal(next_event(machine, pids[i]), 0);
    }
}

static void one_edge_is_kept_while_masked(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "one");

    assert_int_equal(act(machine, pid, TR_NR_irq_listen, 3), 0);
    fake_raise(machine, 3);
    fake_raise(machine, 3);
    fake_raise(machine, 3);
    assert_int_equal(next_event(machine, pid), 1);
    assert_int_equal(event.count, 1);
    assert_int_equal(act(machine, pid, TR_NR_irq_acknowledge, 3), 0);
    fake_pass(machine, machine->time);
    assert_true(machine->masked[3]);
    assert_int_equal(next_event(machine, pid), 1);
    assert_int_equal(act(machine, pid, TR_NR_irq_acknowledge, 3), 0);
    fake_pass(machine, machine->time);
    assert_false(machine->masked[3]);
    assert_int_equal(next_event(machine, pid), 0);
}

static void firings_count_up_while_the_event_is_queued(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "one");

    assert_int_equal(act(machine, pid, TR_NR_irq_listen, 3), 0);
    for (int i = 0; i < 5; i++) {
        fake_raise(machine, 3);
        assert_int_equal(act(machine, pid, TR_NR_irq_acknowledge, 3), 0);
    }
    assert_int_equal(next_event(machine, pid), 1);
    assert_int_equal(event.count, 5);
}

static void ignoring_removes_the_event_and_acknowledges(void **state)
{
    struct machine *machine = *state;
    uint64_t first = fake_process(machine, TR_DRIVER, "one");
    uint64_t second = fake_process(machine, TR_DRIVER, "two");

    assert_int_equal(act(machine, first, TR_NR_irq_listen, 3), 0);
    assert_int_equal(act(machine, second, TR_NR_irq_listen, 3), 0);
    fake_raise(machine, 3);
    assert_int_equal(act(machine, first, TR_NR_irq_acknowledge, 3), 0);
    assert_true(machine->masked[3]);
    assert_int_equal(act(machine, second, TR_NR_irq_ignore, 3), 0);
    assert_false(machine->masked[3]);
    assert_int_equal(next_event(machine, second), 0);
}

static void dropping_the_class_ends_listening(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "one");

    assert_int_equal(act(machine, pid, TR_NR_irq_listen, 3), 0);
    fake_raise(machine, 3);
    assert_int_equal(CALL1(machine, process_drop_class, TR_SERVER), 0);
    assert_true(machine->masked[3]);
    assert_int_equal(next_event(machine, pid), 0);
    assert_int_equal(act(machine, pid, TR_NR_irq_acknowledge, 3), TR_E_PERM);
}

/* A line that is high whatever is done: true if it fired again. */
static bool fires_at_once(struct machine *machine, uint64_t pid)
{
    if (machine->masked[3]) {
        return false;
    }
    fake_raise(machine, 3);
    assert_int_equal(next_event(machine, pid), 1);
    assert_int_equal(act(machine, pid, TR_NR_irq_acknowledge, 3), 0);
    return true;
}

static void a_line_without_end_is_slowed_down(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "one");
    unsigned count = 0;

    assert_int_equal(act(machine, pid, TR_NR_irq_listen, 3), 0);
    while (fires_at_once(machine, pid)) {
        count++;
    }
    assert_int_equal(count, 100000);
    fake_pass(machine, machine->time + 99999999);
    assert_true(machine->masked[3]);
    fake_pass(machine, machine->time + 2);
    for (count = 0; fires_at_once(machine, pid); count++) {
    }
    assert_int_equal(count, 1000);
    fake_pass(machine, machine->time + 100000001);
    assert_false(machine->masked[3]);
    fake_pass(machine, machine->time + 10000);
    for (count = 0; count < 50000; count++) {
        assert_true(fires_at_once(machine, pid));
    }
}

static void who_listens_anew_begins_anew(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "one");

    assert_int_equal(act(machine, pid, TR_NR_irq_listen, 3), 0);
    while (fires_at_once(machine, pid)) {
    }
    assert_int_equal(act(machine, pid, TR_NR_irq_ignore, 3), 0);
    fake_pass(machine, machine->time + 200000000);
    assert_true(machine->masked[3]);
    assert_int_equal(act(machine, pid, TR_NR_irq_listen, 3), 0);
    assert_true(fires_at_once(machine, pid));
    assert_false(machine->masked[3]);
}

/* An edge that the machine had on its way when the line was masked. */
static void a_firing_while_somebody_owes_is_none(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "one");

    assert_int_equal(act(machine, pid, TR_NR_irq_listen, 3), 0);
    fake_raise(machine, 3);
    machine->current = kernel_interrupt(machine->kernel, 3);
    assert_int_equal(next_event(machine, pid), 1);
    assert_int_equal(event.count, 1);
    assert_int_equal(act(machine, pid, TR_NR_irq_acknowledge, 3), 0);
    assert_false(machine->masked[3]);
}

/* Each storm is told once, and one that comes after a quiet time is another one. */
static void a_second_storm_is_told_too(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "one");

    assert_int_equal(act(machine, pid, TR_NR_irq_listen, 3), 0);
    for (uint64_t told = 1; told <= 2; told++) {
        machine->kernel->irqs[3].at_once = 100000 - 1;
        for (int pause = 0; pause < 2; pause++) {
            while (fires_at_once(machine, pid)) {
            }
            fake_pass(machine, machine->time + 100000000);
        }
        assert_int_equal(machine->kernel->log.count, told);
        fake_pass(machine, machine->time + 10000);
        assert_true(fires_at_once(machine, pid));
    }
}

/* "At once" is within 5 us of the line's opening, and not a nanosecond later. */
static void five_microseconds_are_at_once(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "one");
    const struct irq_line *line = &machine->kernel->irqs[3];

    assert_int_equal(act(machine, pid, TR_NR_irq_listen, 3), 0);
    for (unsigned count = 1; count <= 3; count++) {
        fake_pass(machine, line->opened_at + 5000);
        assert_true(fires_at_once(machine, pid));
        assert_int_equal(line->at_once, count);
    }
    fake_pass(machine, line->opened_at + 5001);
    assert_true(fires_at_once(machine, pid));
    assert_int_equal(line->at_once, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(words_and_states_are_checked),
        UNIT_TEST(each_listener_is_told_with_its_cookie),
        UNIT_TEST(one_edge_is_kept_while_masked),
        UNIT_TEST(firings_count_up_while_the_event_is_queued),
        UNIT_TEST(ignoring_removes_the_event_and_acknowledges),
        UNIT_TEST(dropping_the_class_ends_listening),
        UNIT_TEST(a_line_without_end_is_slowed_down),
        UNIT_TEST(who_listens_anew_begins_anew),
        UNIT_TEST(a_firing_while_somebody_owes_is_none),
        UNIT_TEST(a_second_storm_is_told_too),
        UNIT_TEST(five_microseconds_are_at_once),
    };

    return cmocka_run_group_tests_name("irq", tests, NULL, NULL);
}
