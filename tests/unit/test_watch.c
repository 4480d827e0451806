/* SPDX-License-Identifier: MIT */
/* Watches of processes: whom they may be set on, and what their events say. */

#include "unit.h"

static struct tr_event event;

static int64_t next_event(struct machine *machine, uint64_t pid)
{
    return fake_call_as(machine, pid, TR_NR_event_poll, FAKE_WORD(&event), 0, 0, 0, 0, 0);
}

static int64_t watch(struct machine *machine, uint64_t pid, uint64_t target, uint64_t cookie)
{
    return fake_call_as(machine, pid, TR_NR_process_watch, target, cookie, 0, 0, 0, 0);
}

static void nobody_watches_itself_or_who_has_never_been(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "watcher");
    uint64_t gone = fake_process(machine, TR_DRIVER, "gone");

    assert_int_equal(watch(machine, pid, pid, 1), TR_E_INVAL);
    assert_int_equal(watch(machine, pid, 0, 1), TR_E_NOENT);
    assert_int_equal(watch(machine, pid, gone + 1, 1), TR_E_NOENT);
    assert_int_equal(next_event(machine, pid), 0);
    (void)fake_call_as(machine, gone, TR_NR_process_exit, 3, 0, 0, 0, 0, 0);
    assert_int_equal(watch(machine, pid, gone, 2), 0);
    assert_int_equal(next_event(machine, pid), 1);
    assert_int_equal(event.kind, TR_EVENT_PROCESS_EXIT);
    assert_int_equal(event.object, gone);
    assert_int_equal(event.cookie, 2);
}

/* interface.md 3: setting a watch again gives it another cookie, and its queued events too. */
static void a_new_cookie_is_that_of_queued_events_too(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "watcher");
    uint64_t target = fake_process(machine, TR_DRIVER, "target");

    assert_int_equal(watch(machine, pid, target, 1), 0);
    (void)fake_call_as(machine, pid, TR_NR_thread_yield, 0, 0, 0, 0, 0, 0);
    assert_int_equal(
        fake_call_as(machine, target, TR_NR_process_drop_class, TR_SERVER, 0, 0, 0, 0, 0),
        FAKE_SLEEPS);
    assert_int_equal(watch(machine, pid, target, 2), 0);
    assert_int_equal(fake_call_as(machine, pid, TR_NR_process_terminate, target, 0, 0, 0, 0, 0), 0);
    assert_int_equal(watch(machine, pid, target, 3), 0);
    assert_int_equal(next_event(machine, pid), 1);
    assert_int_equal(event.kind, TR_EVENT_CLASS_CHANGED);
    assert_int_equal(event.cookie, 3);
    assert_int_equal(next_event(machine, pid), 1);
    assert_int_equal(event.kind, TR_EVENT_PROCESS_EXIT);
    assert_int_equal(event.cookie, 3);
    assert_int_equal(next_event(machine, pid), 0);
}

/* By its only thread, which ends itself as it would another one. */
static void who_ends_itself_has_exited(void **state)
{
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "watcher");
    uint64_t target = fake_process(machine, TR_DRIVER, "target");

    assert_int_equal(watch(machine, pid, target, 1), 0);
    assert_true(fake_turn(machine, target));
    (void)CALL3(machine, thread_terminate, target, kernel_current_tid(machine->kernel), 4);
    assert_int_equal(next_event(machine, pid), 1);
    assert_int_equal(event.flags, TR_EVENT_EXITED);
    assert_int_equal(event.size, 4);
    assert_int_equal(event.source_pid, target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(nobody_watches_itself_or_who_has_never_been),
        UNIT_TEST(a_new_cookie_is_that_of_queued_events_too),
        UNIT_TEST(who_ends_itself_has_exited),
    };

    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
