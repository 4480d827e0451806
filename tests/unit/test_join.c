/* SPDX-License-Identifier: MIT */
/* What wrong keys cost (interface.md 8): eight are free, then each costs twice as much as the one
 * before, up to a second. */

#include "unit.h"

#define MILLISECOND UINT64_C(1000000)
#define FREE        8

static int64_t join(struct machine *machine, uint64_t key)
{
    return CALL2(machine, pipe_join, 1, key);
}

/* A pipe with this key, of a process that sleeps. */
static uint64_t make_pipe(struct machine *machine)
{
    uint64_t key;

    (void)fake_process(machine, TR_DRIVER, "owner");
    assert_int_equal(CALL1(machine, pipe_create, FAKE_WORD(&key)), 1);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    return key;
}

static void wrong_keys_cost_twice_as_much_each_time(void **state)
{
    struct machine *machine = *state;
    uint64_t key = make_pipe(machine);
    uint64_t pid = fake_process(machine, TR_APPLICATION, "guesser");

    for (unsigned i = 0; i < FREE; i++) {
        assert_int_equal(join(machine, key + 1), TR_E_ACCES);
    }
    for (unsigned i = 0; i < 13; i++) {
        uint64_t cost = i < 10 ? MILLISECOND << i : 1000 * MILLISECOND;
        assert_int_equal(join(machine, key + 1), FAKE_SLEEPS);
        fake_pass(machine, machine->time + cost - 1);
        assert_null(machine->current);
        fake_pass(machine, machine->time + 1);
        assert_int_equal(kernel_current_pid(machine->kernel), pid);
        assert_int_equal(fake_result(machine, pid), TR_E_ACCES);
    }
    assert_int_equal(join(machine, key), 0);
    assert_int_equal(CALL1(machine, pipe_release, 1), 0);
    assert_int_equal(join(machine, key + 1), TR_E_ACCES);
}

/* It may not wait for its turn, whatever key it has. */
static void who_may_not_sleep_tries_no_more_than_what_is_free(void **state)
{
    static _Alignas(16) uint8_t stack[256];
    struct machine *machine = *state;
    uint64_t key = make_pipe(machine);

    (void)fake_process(machine, TR_APPLICATION, "guesser");
    assert_true(CALL4(machine, thread_create, FAKE_WORD(stack), 0, FAKE_WORD(stack + sizeof stack),
                      TR_THREAD_NOBLOCK) > 0);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    for (unsigned i = 0; i < FREE; i++) {
        assert_int_equal(join(machine, key + 1), TR_E_ACCES);
    }
    assert_int_equal(join(machine, key + 1), TR_E_AGAIN);
    assert_int_equal(join(machine, key), TR_E_AGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(wrong_keys_cost_twice_as_much_each_time),
        UNIT_TEST(who_may_not_sleep_tries_no_more_than_what_is_free),
    };

    return cmocka_run_group_tests_name("join", tests, NULL, NULL);
}
