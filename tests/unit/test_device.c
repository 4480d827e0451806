/* SPDX-License-Identifier: MIT */
/* Device objects: names, exposure, who holds them open, and who is told of them. */

#include "unit.h"

#include "kernel/device.h"
#include "kernel/state.h"

static struct tr_event event;
static struct tr_device_info info;

struct pair {
    uint64_t driver, user;
};

static struct pair set_up(struct machine *machine)
{
    return (struct pair){.driver = fake_process(machine, TR_DRIVER, "driver"),
                         .user = fake_process(machine, TR_DRIVER, "user")};
}

static int64_t make(struct machine *machine, uint64_t pid, const char *name)
{
    return fake_call_as(machine, pid, TR_NR_device_create, FAKE_WORD(name), 5, 42, 0, 0, 0);
}

static int64_t act(struct machine *machine, uint64_t pid, uint64_t number, uint64_t a, uint64_t b)
{
    return fake_call_as(machine, pid, number, a, b, 0, 0, 0, 0);
}

static int64_t next_event(struct machine *machine, uint64_t pid)
{
    return act(machine, pid, TR_NR_event_poll, FAKE_WORD(&event), 0);
}

static void names_are_parts_of_printable_bytes(void **state)
{
    static const char *const good[] = {"a", "disks\\floppy\\0", "!~"};
    static const char *const bad[] = {"", "\\a", "a\\", "a\\\\b", "a b", "a\n", "\x7f"};
    char name[TR_NAME_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(device_name_is_valid(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(device_name_is_valid(bad[i]));
    }
    for (size_t i = 0; i < sizeof name - 1; i++) {
        name[i] = 'x';
    }
    name[sizeof name - 1] = '\0';
    assert_true(device_name_is_valid(name));
}

static void a_device_is_found_by_name_and_told(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);

    assert_int_equal(make(machine, pair.driver, "disks\\0"), 1);
    assert_int_equal(make(machine, pair.user, "disks\\0"), TR_E_EXIST);
    assert_int_equal(make(machine, pair.driver, "disks2"), 2);
    assert_int_equal(
        act(machine, pair.user, TR_NR_device_find, FAKE_WORD("disks2"), FAKE_WORD(&info)), 2);
    assert_int_equal(info.driver, pair.driver);
    assert_int_equal(info.type, 5);
    assert_int_equal(info.exposure, TR_SERVER);
    assert_string_equal(info.name, "disks2");
    assert_int_equal(act(machine, pair.user, TR_NR_device_next, 0, FAKE_WORD(&info)), 1);
    assert_int_equal(act(machine, pair.user, TR_NR_device_next, 1, FAKE_WORD(&info)), 2);
    assert_int_equal(act(machine, pair.user, TR_NR_device_next, 2, FAKE_WORD(&info)), TR_E_NOENT);
}

static void an_exclusive_open_keeps_others_out(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);
    uint64_t third = fake_process(machine, TR_DRIVER, "third");
    uint64_t id = (uint64_t)make(machine, pair.driver, "d");

    assert_int_equal(act(machine, pair.user, TR_NR_device_open, id, 2), TR_E_INVAL);
    assert_int_equal(act(machine, pair.user, TR_NR_device_open, id + 1, 0), TR_E_NOENT);
    assert_int_equal(act(machine, pair.user, TR_NR_device_open, id, 0), 0);
    assert_int_equal(act(machine, pair.user, TR_NR_device_open, id, 0), TR_E_EXIST);
    assert_int_equal(act(machine, third, TR_NR_device_open, id, TR_EXCLUSIVE), TR_E_BUSY);
    assert_int_equal(act(machine, pair.driver, TR_NR_device_holder, id, pair.user), 1);
    assert_int_equal(act(machine, pair.user, TR_NR_device_close, id, 0), 0);
    assert_int_equal(act(machine, third, TR_NR_device_open, id, TR_EXCLUSIVE), 0);
    assert_int_equal(act(machine, pair.driver, TR_NR_device_holder, id, third), 2);
    assert_int_equal(act(machine, pair.user, TR_NR_device_open, id, 0), TR_E_BUSY);
    assert_int_equal(act(machine, pair.user, TR_NR_device_holder, id, third), TR_E_PERM);
}

static void the_driver_hears_of_closing_and_dying(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);
    uint64_t third = fake_process(machine, TR_DRIVER, "third");
    uint64_t id = (uint64_t)make(machine, pair.driver, "d");

    assert_int_equal(act(machine, pair.user, TR_NR_device_open, id, 0), 0);
    assert_int_equal(act(machine, third, TR_NR_device_open, id, 0), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(act(machine, pair.user, TR_NR_device_close, id, 0), 0);
        assert_int_equal(act(machine, pair.user, TR_NR_device_open, id, 0), 0);
    }
    assert_int_equal(act(machine, pair.driver, TR_NR_process_terminate, third, 0), 0);
    assert_int_equal(next_event(machine, pair.driver), 1);
    assert_int_equal(event.kind, TR_EVENT_DEVICE_CLOSED);
    assert_int_equal(event.source_pid, pair.user);
    assert_int_equal(event.count, 2);
    assert_int_equal(event.cookie, 42);
    assert_int_equal(next_event(machine, pair.driver), 1);
    assert_int_equal(event.source_pid, third);
    assert_int_equal(next_event(machine, pair.driver), 0);
    assert_int_equal(machine->kernel->pools.device_open.live, 1);
}

static void openers_hear_that_a_device_has_gone(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);
    uint64_t id = (uint64_t)make(machine, pair.driver, "d");

    assert_int_equal(act(machine, pair.user, TR_NR_device_open, id, 0), 0);
    assert_int_equal(act(machine, pair.user, TR_NR_device_destroy, id, 0), TR_E_PERM);
    assert_int_equal(act(machine, pair.driver, TR_NR_device_destroy, id, 0), 0);
    assert_int_equal(next_event(machine, pair.user), 1);
    assert_int_equal(event.kind, TR_EVENT_DEVICE_REMOVED);
    assert_int_equal(event.object, id);
    assert_int_equal(act(machine, pair.user, TR_NR_device_close, id, 0), TR_E_NOENT);
    assert_int_equal(machine->kernel->pools.device_open.live, 0);
}

static void a_watch_is_of_whole_parts(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);
    uint64_t third = fake_process(machine, TR_DRIVER, "third");

    (void)make(machine, pair.driver, "disks\\0");
    (void)make(machine, pair.driver, "disks2");
    assert_int_equal(act(machine, pair.user, TR_NR_device_watch, FAKE_WORD("disks"), 9), 0);
    assert_int_equal(next_event(machine, pair.user), 1);
    assert_int_equal(event.kind, TR_EVENT_DEVICE_ADDED);
    assert_int_equal(event.count, 1);
    assert_int_equal(event.cookie, 9);
    assert_int_equal(act(machine, third, TR_NR_device_watch, FAKE_WORD(""), 10), 0);
    assert_int_equal(next_event(machine, third), 1);
    assert_int_equal(event.count, 2);
    assert_int_equal(act(machine, pair.user, TR_NR_device_unwatch, FAKE_WORD("disk"), 0),
                     TR_E_NOENT);
    assert_int_equal(act(machine, pair.user, TR_NR_device_unwatch, FAKE_WORD("disks"), 0), 0);
    (void)make(machine, pair.driver, "disks\\1");
    assert_int_equal(next_event(machine, pair.user), 0);
    assert_int_equal(next_event(machine, third), 1);
}

static void exposure_hides_a_device_from_lower_classes(void **state)
{
    struct machine *machine = *state;
    uint64_t driver = fake_process(machine, TR_DRIVER, "driver");
    uint64_t id = (uint64_t)make(machine, driver, "d");

    assert_int_equal(act(machine, driver, TR_NR_device_expose, id, TR_KERNEL), TR_E_INVAL);
    assert_int_equal(act(machine, driver, TR_NR_thread_sleep, TR_FOREVER, 0), FAKE_SLEEPS);
    uint64_t application = fake_process(machine, TR_APPLICATION, "application");
    assert_int_equal(act(machine, application, TR_NR_device_info, id, FAKE_WORD(&info)),
                     TR_E_NOENT);
    assert_int_equal(act(machine, application, TR_NR_device_open, id, 0), TR_E_NOENT);
    assert_int_equal(act(machine, application, TR_NR_device_next, 0, FAKE_WORD(&info)), TR_E_NOENT);
    assert_int_equal(act(machine, application, TR_NR_device_create, FAKE_WORD("x"), 0), TR_E_PERM);
}

/* The user drops to the class that a device is exposed to, and keeps it; the other one it loses. */
static void a_process_that_drops_its_class_keeps_what_it_may_see(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);
    uint64_t kept = (uint64_t)make(machine, pair.driver, "kept");
    uint64_t lost = (uint64_t)make(machine, pair.driver, "lost");

    assert_int_equal(act(machine, pair.driver, TR_NR_device_expose, lost, TR_DRIVER), 0);
    assert_int_equal(act(machine, pair.user, TR_NR_device_open, kept, 0), 0);
    assert_int_equal(act(machine, pair.user, TR_NR_device_open, lost, 0), 0);
    (void)act(machine, pair.user, TR_NR_process_drop_class, TR_SERVER, 0);
    assert_int_equal(act(machine, pair.driver, TR_NR_device_holder, kept, pair.user), 1);
    assert_int_equal(act(machine, pair.driver, TR_NR_device_holder, lost, pair.user), 0);
}

/* A watcher is told of what changes for its own class, and of nothing else. */
static void exposure_is_news_only_for_whom_it_changes_something(void **state)
{
    struct machine *machine = *state;
    struct pair pair = set_up(machine);
    uint64_t id = (uint64_t)make(machine, pair.driver, "d");

    assert_int_equal(act(machine, pair.user, TR_NR_device_watch, FAKE_WORD(""), 9), 0);
    assert_int_equal(next_event(machine, pair.user), 1);
    assert_int_equal(act(machine, pair.driver, TR_NR_device_expose, id, TR_APPLICATION), 0);
    assert_int_equal(act(machine, pair.driver, TR_NR_device_expose, id, TR_DRIVER), 0);
    assert_int_equal(next_event(machine, pair.user), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_parts_of_printable_bytes),
        UNIT_TEST(a_device_is_found_by_name_and_told),
        UNIT_TEST(an_exclusive_open_keeps_others_out),
        UNIT_TEST(the_driver_hears_of_closing_and_dying),
        UNIT_TEST(openers_hear_that_a_device_has_gone),
        UNIT_TEST(a_watch_is_of_whole_parts),
        UNIT_TEST(exposure_hides_a_device_from_lower_classes),
        UNIT_TEST(a_process_that_drops_its_class_keeps_what_it_may_see),
        UNIT_TEST(exposure_is_news_only_for_whom_it_changes_something),
    };

    return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}
