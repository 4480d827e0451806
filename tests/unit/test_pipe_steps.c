/* SPDX-License-Identifier: MIT */
/* Long transfers go on in steps. Who comes between two steps stands behind them: a transfer keeps
 * its place in the line to its end, whether it moves, sleeps or is served again. */

#include "unit.h"

#include <string.h>

#define MIB (UINT64_C(1) << 20)

static uint8_t sent[3 * MIB], received[3 * MIB];
static uint8_t other[TR_PIPE_SIZE];

struct party {
    struct machine *machine;
    uint64_t pipe;
    uint64_t near, far; /* who makes the long transfer, and who takes the other end of it */
    uint64_t between;   /* of a higher class: comes between two steps */
};

static int64_t move(const struct party *party, uint64_t who, uint64_t number, const void *bytes,
                    uint64_t size)
{
    return fake_call_as(party->machine, who, number, party->pipe, FAKE_WORD(bytes), size, 0, 0, 0);
}

/* The same, with all its steps: what the call gives in the end. Who came between and runs on, its
 * own transfer being over, goes to sleep. */
static int64_t move_all(const struct party *party, uint64_t who, uint64_t number, const void *bytes,
                        uint64_t size)
{
    struct machine *machine = party->machine;

    (void)move(party, who, number, bytes, size);
    fake_pass(machine, machine->time);
    if (kernel_current_pid(machine->kernel) == party->between) {
        assert_int_equal(CALL1(machine, thread_sleep, TR_FOREVER), FAKE_SLEEPS);
        fake_pass(machine, machine->time);
    }
    return fake_result(machine, who);
}

static void set_up(struct machine *machine, struct party *party)
{
    uint64_t key;

    for (size_t i = 0; i < sizeof sent; i++) {
        sent[i] = (uint8_t)(1 + i % 251);
    }
    memset(received, 0, sizeof received);
    memset(other, 0xff, sizeof other);
    party->machine = machine;
    party->near = fake_process(machine, TR_APPLICATION, "near");
    party->pipe = (uint64_t)CALL1(machine, pipe_create, FAKE_WORD(&key));
    party->far = fake_process(machine, TR_APPLICATION, "far");
    party->between = fake_process(machine, TR_DRIVER, "between");
    assert_int_equal(CALL2(machine, pipe_join, party->pipe, key), 0);
    assert_int_equal(CALL1(machine, thread_sleep, machine->time + 1000), FAKE_SLEEPS);
    assert_int_equal(
        fake_call_as(machine, party->far, TR_NR_pipe_join, party->pipe, key, 0, 0, 0, 0), 0);
}

/* The long transfer has made its first step; now the one of the higher class wakes and runs. */
static void come_between(const struct party *party)
{
    struct machine *machine = party->machine;

    assert_null(machine->current);
    assert_true(machine->deadline <= machine->time);
    machine->time += 1000;
    machine->deadline = TR_FOREVER;
    machine->current = kernel_timer(machine->kernel);
    assert_int_equal(kernel_current_pid(machine->kernel), party->between);
}

static void a_long_write_keeps_its_place(void **state)
{
    struct machine *machine = *state;
    struct party party;

    set_up(machine, &party);
    assert_int_equal(move(&party, party.far, TR_NR_pipe_read, received, 2 * MIB), FAKE_SLEEPS);
    assert_int_equal(move(&party, party.near, TR_NR_pipe_write, sent, 3 * MIB), FAKE_SLEEPS);
    come_between(&party);
    assert_int_equal(CALL4(machine, pipe_write, party.pipe, FAKE_WORD(other), 100, 0), FAKE_SLEEPS);
    fake_pass(machine, machine->time);
    assert_int_equal(fake_result(machine, party.far), 2 * MIB);
    assert_int_equal(move_all(&party, party.far, TR_NR_pipe_read, received + 2 * MIB, MIB), MIB);
    assert_memory_equal(received, sent, 3 * MIB);
    assert_int_equal(fake_result(machine, party.near), 3 * MIB);
    assert_int_equal(move_all(&party, party.far, TR_NR_pipe_read, received, 100), 100);
    assert_memory_equal(received, other, 100);
}

static void a_long_read_keeps_its_place(void **state)
{
    struct machine *machine = *state;
    struct party party;

    set_up(machine, &party);
    assert_int_equal(move(&party, party.far, TR_NR_pipe_write, sent, 2 * MIB), FAKE_SLEEPS);
    assert_int_equal(move(&party, party.near, TR_NR_pipe_read, received, 3 * MIB), FAKE_SLEEPS);
    come_between(&party);
    assert_int_equal(CALL4(machine, pipe_read, party.pipe, FAKE_WORD(other), 100, 0), FAKE_SLEEPS);
    fake_pass(machine, machine->time);
    assert_int_equal(fake_result(machine, party.far), 2 * MIB);
    assert_int_equal(move_all(&party, party.far, TR_NR_pipe_write, sent + 2 * MIB, MIB), MIB);
    assert_int_equal(fake_result(machine, party.near), 3 * MIB);
    assert_memory_equal(received, sent, 3 * MIB);
    assert_int_equal(move_all(&party, party.far, TR_NR_pipe_write, sent, 100), 100);
    assert_memory_equal(other, sent, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_long_write_keeps_its_place),
        UNIT_TEST(a_long_read_keeps_its_place),
    };

    return cmocka_run_group_tests_name("pipe_steps", tests, NULL, NULL);
}
