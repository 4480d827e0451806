/* SPDX-License-Identifier: MIT */
/* Tests that fail on purpose: test_failures.sh checks that each fails, in the right words, and that
 * the sound tests between them pass. */

#include <terrarium/kit.h>

static int64_t asserts_wrongly(void *argument)
{
    (void)argument;
    (void)tr_thread_yield();
    assert_int_equal(tr_process_self(NULL), 4711);
    return 0;
}

static void an_assertion_inside_a_process(void **state)
{
    (void)tr_kit_process(*state, TR_APPLICATION, "wrong", asserts_wrongly, NULL);
    tr_kit_finish(*state);
}

static int64_t good(void *argument)
{
    assert_true(tr_clock() >= 0);
    return (int64_t)(intptr_t)argument;
}

static void a_sound_test(void **state)
{
    uint64_t pid = tr_kit_process(*state, TR_APPLICATION, "good", good, (void *)3);

    tr_kit_finish(*state);
    assert_int_equal(tr_kit_exit_code(*state, pid), 3);
}

static void an_assertion_outside(void **state)
{
    (void)tr_kit_process(*state, TR_APPLICATION, "good", good, NULL);
    tr_kit_finish(*state);
    assert_int_equal(1, 2);
}

static int64_t waits(void *argument)
{
    struct tr_event event;

    if (argument != NULL) { /* the kit: this line is not the one that failures point at */
        (void)tr_kit_time(argument);
    }
    return tr_event_wait(&event, TR_FOREVER);
}

static void a_process_that_never_ends(void **state)
{
    (void)tr_kit_process(*state, TR_APPLICATION, "waiter", waits, *state);
    tr_kit_finish(*state); /* LINE waits */
}

static void a_call_outside(void **state)
{
    (void)state;
    assert_int_equal(tr_clock(), 0); /* LINE outside */
}

static void a_code_too_early(void **state)
{
    uint64_t pid = tr_kit_process(*state, TR_APPLICATION, "waiter", waits, NULL);

    (void)tr_kit_exit_code(*state, pid);
}

static void a_bad_name(void **state)
{
    (void)tr_kit_process(*state, TR_APPLICATION, "two words", waits, NULL);
}

static void a_missing_program(void **state)
{
    (void)tr_kit_program(*state, TR_APPLICATION, "x", "/nowhere/x.elf", NULL);
}

static uint64_t pids[2];

static int64_t calls_the_other(void *argument)
{
    char reply[8];

    return tr_message_call(pids[1 - (uintptr_t)argument], "hi", 2, reply, sizeof(reply),
                           TR_FOREVER);
}

static void two_that_wait_for_each_other(void **state)
{
    pids[0] = tr_kit_process(*state, TR_APPLICATION, "left", calls_the_other, (void *)0);
    pids[1] = tr_kit_process(*state, TR_APPLICATION, "right", calls_the_other, (void *)1);
    tr_kit_finish(*state); /* LINE circle */
}

static int64_t expects_the_peer(void *argument)
{
    (void)argument;
    tr_kit_assert_result(TR_E_PEER, tr_thread_yield()); /* LINE result */
    return 0;
}

static void a_wrong_result_inside(void **state)
{
    (void)tr_kit_process(*state, TR_APPLICATION, "strict", expects_the_peer, NULL);
    tr_kit_finish(*state);
}

static void a_wrong_result_outside(void **state)
{
    (void)state;
    tr_kit_assert_result(0, 0);
    tr_kit_assert_result(0, TR_E_PEER);
}

static void a_result_without_a_name(void **state)
{
    (void)state;
    tr_kit_assert_result(3, -4711);
}

static int *volatile nowhere;

/* The sanitizer of undefined behaviour would end the program first. */
static __attribute__((no_sanitize("undefined"))) int64_t writes_to_null(void *argument)
{
    (void)argument;
    *nowhere = 1; /* LINE null */
    return 0;
}

static void a_null_pointer(void **state)
{
    (void)tr_kit_process(*state, TR_APPLICATION, "nul", writes_to_null, NULL);
    tr_kit_finish(*state);
}

static int64_t recurses(void *argument)
{
    volatile char room[4096];

    room[0] = 1;
    return argument == NULL ? 0 : recurses((char *)argument + 1) + room[0];
}

static void a_stack_overflow(void **state)
{
    (void)tr_kit_process(*state, TR_APPLICATION, "deep", recurses, (void *)1);
    tr_kit_finish(*state);
}

static volatile bool goes_on = true;

static int64_t never_calls(void *argument)
{
    while (goes_on) {
    }
    return (int64_t)(intptr_t)argument;
}

static void a_process_that_never_calls(void **state)
{
    const struct tr_kit_options options = {.call_limit_ns = 50000000};

    tr_kit_destroy(*state);
    *state = tr_kit_create(&options);
    (void)tr_kit_process(*state, TR_APPLICATION, "spinner", never_calls, NULL);
    tr_kit_finish(*state);
}

static void no_kit(void **state)
{
    (void)state;
    tr_kit_finish(NULL); /* LINE none */
}

static void a_kit_destroyed_twice(void **state)
{
    struct tr_kit *kit = *state;

    *state = NULL;
    tr_kit_destroy(kit);
    tr_kit_destroy(kit); /* LINE twice */
}

#define KIT_TEST(function) cmocka_unit_test_setup_teardown(function, tr_kit_setup, tr_kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(an_assertion_inside_a_process),
        {"a_sound_test 1", a_sound_test, tr_kit_setup, tr_kit_teardown, NULL},
        KIT_TEST(an_assertion_outside),
        {"a_sound_test 2", a_sound_test, tr_kit_setup, tr_kit_teardown, NULL},
        KIT_TEST(a_process_that_never_ends),
        {"a_sound_test 3", a_sound_test, tr_kit_setup, tr_kit_teardown, NULL},
        KIT_TEST(a_call_outside),
        KIT_TEST(a_code_too_early),
        KIT_TEST(a_bad_name),
        KIT_TEST(a_missing_program),
        {"a_sound_test 4", a_sound_test, tr_kit_setup, tr_kit_teardown, NULL},
        KIT_TEST(two_that_wait_for_each_other),
        KIT_TEST(a_wrong_result_inside),
        KIT_TEST(a_wrong_result_outside),
        KIT_TEST(a_result_without_a_name),
        KIT_TEST(a_null_pointer),
        {"a_sound_test 5", a_sound_test, tr_kit_setup, tr_kit_teardown, NULL},
        KIT_TEST(a_stack_overflow),
        {"a_sound_test 6", a_sound_test, tr_kit_setup, tr_kit_teardown, NULL},
        KIT_TEST(a_process_that_never_calls),
        {"a_sound_test 7", a_sound_test, tr_kit_setup, tr_kit_teardown, NULL},
        KIT_TEST(no_kit),
        KIT_TEST(a_kit_destroyed_twice),
        {"a_sound_test 8", a_sound_test, tr_kit_setup, tr_kit_teardown, NULL},
    };

    return cmocka_run_group_tests_name("failing", tests, NULL, NULL);
}
