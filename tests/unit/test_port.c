/* SPDX-License-Identifier: MIT */
/* I/O ports: claims, what they let through, and giving parts of them back. */

#include "unit.h"

#include "kernel/state.h"

static void a_claim_is_all_or_nothing(void **state)
{
    struct machine *machine = *state;
    uint64_t first = fake_process(machine, TR_DRIVER, "one");
    uint64_t second = fake_process(machine, TR_DRIVER, "two");

    assert_int_equal(fake_call_as(machine, first, TR_NR_port_claim, 0x60, 8, 0, 0, 0, 0), 0);
    assert_int_equal(fake_call_as(machine, second, TR_NR_port_claim, 0x50, 0x11, 0, 0, 0, 0),
                     TR_E_BUSY);
    assert_int_equal(fake_call_as(machine, second, TR_NR_port_in, 0x50, 1, 0, 0, 0, 0), TR_E_ACCES);
    assert_int_equal(fake_call_as(machine, second, TR_NR_port_claim, 0x50, 0x10, 0, 0, 0, 0), 0);
    assert_int_equal(fake_call_as(machine, second, TR_NR_port_claim, 0x68, 1, 0, 0, 0, 0), 0);
}

static void words_out_of_range_are_refused(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "one");
    assert_int_equal(CALL2(machine, port_claim, 0x60, 0), TR_E_INVAL);
    assert_int_equal(CALL2(machine, port_claim, 0xffff, 2), TR_E_INVAL);
    assert_int_equal(CALL2(machine, port_claim, UINT64_MAX, 2), TR_E_INVAL);
    assert_int_equal(CALL2(machine, port_claim, 0xffff, 1), 0);
    assert_int_equal(CALL2(machine, port_in, 0xffff, 2), TR_E_INVAL);
    assert_int_equal(CALL2(machine, port_in, 0x60, 3), TR_E_INVAL);
    assert_int_equal(CALL4(machine, port_in_string, 0xffff, 1, 16, 4), TR_E_FAULT);
}

static void all_ports_of_an_access_must_be_held(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "one");
    machine->port_bytes[0x60] = 0x34;
    machine->port_bytes[0x61] = 0x12;
    assert_int_equal(CALL2(machine, port_claim, 0x60, 8), 0);
    assert_int_equal(CALL2(machine, port_in, 0x60, 2), 0x1234);
    assert_int_equal(CALL2(machine, port_in, 0x64, 4), 0xffffffff);
    assert_int_equal(CALL2(machine, port_in, 0x66, 4), TR_E_ACCES);
}

static void a_released_part_is_gone_and_the_rest_stays(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "one");
    assert_int_equal(CALL2(machine, port_claim, 0x60, 8), 0);
    assert_int_equal(CALL2(machine, port_release, 0x62, 2), 0);
    assert_int_equal(CALL2(machine, port_in, 0x62, 1), TR_E_ACCES);
    assert_int_equal(CALL2(machine, port_in, 0x61, 1), 0xff);
    assert_int_equal(CALL2(machine, port_in, 0x64, 1), 0xff);
    assert_int_equal(CALL2(machine, port_release, 0x60, 8), TR_E_ACCES);
    assert_int_equal(CALL2(machine, port_claim, 0x61, 5), 0);
    assert_int_equal(CALL2(machine, port_in, 0x62, 4), 0xffffffff);
    assert_int_equal(CALL2(machine, port_release, 0x60, 8), 0);
    assert_int_equal(machine->kernel->pools.port_claim.live, 0);
}

static void strings_move_every_unit(void **state)
{
    struct machine *machine = *state;
    uint16_t in[1000];

    (void)fake_process(machine, TR_DRIVER, "one");
    machine->port_bytes[0x60] = 0x34;
    machine->port_bytes[0x61] = 0x12;
    assert_int_equal(CALL2(machine, port_claim, 0x60, 8), 0);
    assert_int_equal(CALL4(machine, port_in_string, 0x60, 2, FAKE_WORD(in), 1000), 1000);
    assert_int_equal(in[0], 0x1234);
    assert_int_equal(in[999], 0x1234);
    assert_int_equal(CALL4(machine, port_out_string, 0x60, 4, FAKE_WORD("abcdefgh"), 2), 2);
    assert_int_equal(machine->out_count, 2);
    assert_int_equal(machine->outs[0].value, 0x64636261);
    assert_int_equal(machine->outs[1].value, 0x68676665);
}

static void the_ports_of_the_dead_are_free(void **state)
{
    struct machine *machine = *state;
    uint64_t first = fake_process(machine, TR_DRIVER, "one");
    uint64_t second = fake_process(machine, TR_DRIVER, "two");

    assert_int_equal(fake_call_as(machine, first, TR_NR_port_claim, 0x60, 8, 0, 0, 0, 0), 0);
    assert_int_equal(fake_call_as(machine, second, TR_NR_process_terminate, first, 0, 0, 0, 0, 0),
                     0);
    assert_int_equal(CALL2(machine, port_claim, 0x60, 8), 0);
}

static void only_drivers_have_ports(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_SERVER, "s");
    assert_int_equal(CALL2(machine, port_claim, 0x60, 8), TR_E_PERM);
    assert_int_equal(CALL2(machine, port_claim, 0x60, 0), TR_E_PERM);
}

static void only_as_many_bits_go_out_as_the_port_has(void **state)
{
    struct machine *machine = *state;

    (void)fake_process(machine, TR_DRIVER, "one");
    assert_int_equal(CALL2(machine, port_claim, 0x60, 8), 0);
    assert_int_equal(CALL3(machine, port_out, 0x60, 1, 0x12345678), 0);
    assert_int_equal(CALL3(machine, port_out, 0x60, 2, 0x12345678), 0);
    assert_int_equal(CALL3(machine, port_out, 0x60, 4, 0x12345678), 0);
    assert_int_equal(machine->outs[0].value, 0x78);
    assert_int_equal(machine->outs[1].value, 0x5678);
    assert_int_equal(machine->outs[2].value, 0x12345678);
}

/* A thread of the same process gives them back between two steps: the call tells how far it came.
 */
static void a_long_transfer_ends_where_its_ports_go(void **state)
{
    static uint8_t bytes[3 << 20];
    static _Alignas(16) uint8_t stack[256];
    struct machine *machine = *state;
    uint64_t pid = fake_process(machine, TR_DRIVER, "one");

    assert_true(
        CALL4(machine, thread_create, FAKE_WORD(stack), 0, FAKE_WORD(stack + sizeof stack), 0) > 0);
    assert_int_equal(CALL2(machine, port_claim, 0x60, 8), 0);
    uint64_t words[6] = {0x60, 2, FAKE_WORD(bytes), sizeof bytes / 2};
    machine->current = kernel_call(machine->kernel, TR_NR_port_in_string, words);
    assert_null(machine->current);
    machine->time += UINT64_C(1000000000);
    machine->deadline = TR_FOREVER;
    machine->current = kernel_timer(machine->kernel);
    assert_int_equal(CALL2(machine, port_release, 0x60, 8), 0);
    (void)CALL1(machine, thread_sleep, TR_FOREVER);
    fake_pass(machine, machine->time);
    assert_int_equal(fake_result(machine, pid), (2 << 20) / 2);
}

/* The same with its memory: of the page that has gone nothing counts. */
static void a_long_transfer_ends_where_its_memory_goes(void **state)
{
    struct machine *machine = *state;
    const uint64_t pages = 900;
    uint64_t pid;

    struct thread *first = unit_two_threads(machine, TR_DRIVER, 0, &pid);
    assert_int_equal(CALL2(machine, port_claim, 0x60, 8), 0);
    uint64_t va = (uint64_t)CALL3(machine, memory_allocate, 225, 0, TR_READ | TR_WRITE);
    for (uint64_t page = 225; page < pages; page += 225) {
        uint64_t next = va + page * TR_PAGE_SIZE;
        assert_int_equal(CALL3(machine, memory_allocate, 225, next, TR_READ | TR_WRITE), next);
    }
    const uint64_t words[6] = {0x60, 2, va, pages * TR_PAGE_SIZE / 2};
    unit_begin(machine, TR_NR_port_in_string, words);
    assert_int_equal(CALL2(machine, memory_release, va + (pages - 1) * TR_PAGE_SIZE, 1), 0);
    assert_int_equal(unit_go_on(machine, first), (pages - 1) * TR_PAGE_SIZE / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_TEST(a_claim_is_all_or_nothing),
        UNIT_TEST(words_out_of_range_are_refused),
        UNIT_TEST(all_ports_of_an_access_must_be_held),
        UNIT_TEST(a_released_part_is_gone_and_the_rest_stays),
        UNIT_TEST(strings_move_every_unit),
        UNIT_TEST(the_ports_of_the_dead_are_free),
        UNIT_TEST(only_drivers_have_ports),
        UNIT_TEST(only_as_many_bits_go_out_as_the_port_has),
        UNIT_TEST(a_long_transfer_ends_where_its_ports_go),
        UNIT_TEST(a_long_transfer_ends_where_its_memory_goes),
    };

    return cmocka_run_group_tests_name("port", tests, NULL, NULL);
}
