/* SPDX-License-Identifier: MIT */
/* Stopping the machine (interface.md 12), seen from outside: SAVE_STATE, answers, deadline, soft
 * panic.
 */

#include <terrarium/kit.h>

#define SECOND UINT64_C(1000000000)

static int64_t stops(void *argument)
{
    (void)argument;
    return tr_system_stop(TR_STOP_HALT, 42, SECOND);
}

static int64_t saves(void *argument)
{
    struct tr_event event;

    assert_int_equal(tr_event_wait(&event, TR_FOREVER), 1);
    assert_int_equal(event.kind, TR_EVENT_SAVE_STATE);
    *(uint64_t *)argument = event.object;
    (void)tr_thread_sleep((uint64_t)tr_clock() + SECOND / 10);
    assert_int_equal(tr_system_saved(), 0);
    assert_int_equal(tr_system_saved(), 0);
    return tr_thread_sleep(TR_FOREVER);
}

static void the_machine_stops_when_everyone_has_answered(void **state)
{
    uint64_t deadline = 0;
    bool reboot = true;

    (void)tr_kit_process(*state, TR_APPLICATION, "saves", saves, &deadline);
    (void)tr_kit_process(*state, TR_SERVER, "stops", stops, NULL);
    assert_int_equal(tr_kit_run(*state), TR_KIT_STOPPED);
    assert_int_equal(tr_kit_stop_code(*state, &reboot), 42);
    assert_false(reboot);
    assert_true(deadline >= SECOND && deadline < 2 * SECOND);
    assert_true(tr_kit_time(*state) >= SECOND / 10 && tr_kit_time(*state) < SECOND);
}

static int64_t never_answers(void *argument)
{
    (void)argument;
    return tr_thread_sleep(TR_FOREVER);
}

static void the_machine_stops_at_the_deadline(void **state)
{
    (void)tr_kit_process(*state, TR_APPLICATION, "deaf", never_answers, NULL);
    (void)tr_kit_process(*state, TR_SERVER, "stops", stops, NULL);
    assert_int_equal(tr_kit_run(*state), TR_KIT_STOPPED);
    assert_true(tr_kit_time(*state) >= SECOND && tr_kit_time(*state) < SECOND + SECOND / 10);
}

static void the_suspended_are_not_waited_for(void **state)
{
    (void)tr_kit_process_with(*state, TR_APPLICATION, "deaf", never_answers, NULL,
                              TR_SPAWN_SUSPENDED, 0);
    (void)tr_kit_process(*state, TR_SERVER, "stops", stops, NULL);
    assert_int_equal(tr_kit_run(*state), TR_KIT_STOPPED);
    assert_true(tr_kit_time(*state) < SECOND);
}

static int64_t stops_twice(void *argument)
{
    static const char image[64];
    struct tr_event event;
    const struct tr_spawn spawn = {
        .image = image, .image_size = 64, .name = "x", .process_class = TR_APPLICATION};

    (void)argument;
    assert_int_equal(tr_message_send((uint64_t)tr_process_self(NULL), NULL, 0, 0) > 0, 1);
    assert_int_equal(tr_system_stop(TR_STOP_HALT, 7, SECOND), 0);
    assert_int_equal(tr_system_stop(TR_STOP_HALT, 8, SECOND), TR_E_STATE);
    assert_int_equal(tr_system_reboot(SECOND), TR_E_STATE);
    assert_int_equal(tr_process_spawn(&spawn), TR_E_STATE);
    assert_int_equal(tr_event_wait(&event, 0), 1);
    assert_int_equal(event.kind, TR_EVENT_SAVE_STATE);
    assert_int_equal(tr_event_wait(&event, 0), 1);
    assert_int_equal(event.kind, TR_EVENT_MESSAGE);
    return 0;
}

static void while_stopping_nothing_starts_and_save_state_is_ahead_of_the_queue(void **state)
{
    uint64_t pid = tr_kit_process(*state, TR_SERVER, "stops", stops_twice, NULL);

    assert_int_equal(tr_kit_run(*state), TR_KIT_STOPPED);
    assert_int_equal(tr_kit_exit_code(*state, pid), 0);
    assert_int_equal(tr_kit_stop_code(*state, NULL), 7);
}

static int64_t reboots(void *argument)
{
    (void)argument;
    return tr_system_reboot(SECOND);
}

static void a_reboot_is_told(void **state)
{
    bool reboot = false;

    (void)tr_kit_process(*state, TR_SERVER, "reboots", reboots, NULL);
    assert_int_equal(tr_kit_run(*state), TR_KIT_STOPPED);
    (void)tr_kit_stop_code(*state, &reboot);
    assert_true(reboot);
}

static int64_t log_that_ends(void *argument)
{
    (void)argument;
    (void)tr_thread_sleep(SECOND);
    return 0;
}

static void without_a_log_the_machine_reboots_in_five_seconds(void **state)
{
    struct tr_kit *kit = tr_kit_create(&(struct tr_kit_options){.needs_log = true});
    bool reboot = false;

    (void)state;
    (void)tr_kit_process(kit, TR_APPLICATION, "log", log_that_ends, NULL);
    (void)tr_kit_process(kit, TR_APPLICATION, "deaf", never_answers, NULL);
    assert_int_equal(tr_kit_run_until(kit, SECOND / 2), TR_KIT_TIME);
    assert_int_equal(tr_kit_run(kit), TR_KIT_STOPPED);
    (void)tr_kit_stop_code(kit, &reboot);
    assert_true(reboot);
    assert_true(tr_kit_time(kit) >= 6 * SECOND && tr_kit_time(kit) < 7 * SECOND);
    tr_kit_destroy(kit);
}

#define KIT_TEST(function) cmocka_unit_test_setup_teardown(function, tr_kit_setup, tr_kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(the_machine_stops_when_everyone_has_answered),
        KIT_TEST(the_machine_stops_at_the_deadline),
        KIT_TEST(the_suspended_are_not_waited_for),
        KIT_TEST(while_stopping_nothing_starts_and_save_state_is_ahead_of_the_queue),
        KIT_TEST(a_reboot_is_told),
        cmocka_unit_test(without_a_log_the_machine_reboots_in_five_seconds),
    };

    return cmocka_run_group_tests_name("kit: stop", tests, NULL, NULL);
}
