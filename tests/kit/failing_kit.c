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

    (void)argument;
    return tr_event_wait(&event, TR_FOREVER);
}

static void a_process_that_never_ends(void **state)
{
    (void)tr_kit_process(*state, TR_APPLICATION, "waiter", waits, NULL);
    tr_kit_finish(*state);
}

static void a_call_outside(void **state)
{
    (void)state;
    (void)tr_clock();
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
    };

    return cmocka_run_group_tests_name("failing", tests, NULL, NULL);
}
