/* SPDX-License-Identifier: MIT */
/* The cases of the machine contract. */

#include "contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <terrarium.h>

#include <cmocka.h>

static int setup(void **state)
{
    *state = contract_create(1);
    return 0;
}

static int teardown(void **state)
{
    contract_destroy(*state);
    return 0;
}

static void memory_is_zero_at_boot_and_keeps_what_is_written(void **state)
{
    struct hal_memory memory = hal_memory(*state);

    assert_non_null(memory.base);
    assert_true(memory.pages > memory.first && memory.pages >= 2048);
    for (uint64_t frame = memory.first; frame < memory.pages; frame++) {
        const uint64_t *words = (const uint64_t *)(memory.base + frame * TR_PAGE_SIZE);
        for (size_t i = 0; i < TR_PAGE_SIZE / 8; i++) {
            assert_int_equal(words[i], 0);
        }
    }
    memset(memory.base + memory.first * TR_PAGE_SIZE, 0xa5, TR_PAGE_SIZE);
    assert_int_equal(memory.base[memory.first * TR_PAGE_SIZE + 4095], 0xa5);
}

static void device_memory_is_never_ram(void **state)
{
    struct hal_memory memory = hal_memory(*state);

    assert_null(hal_device_memory(*state, memory.first, 1));
    assert_null(hal_device_memory(*state, memory.pages - 1, 1));
    assert_null(hal_device_memory(*state, 0, memory.pages));
    assert_null(hal_device_memory(*state, UINT64_MAX, 2));
}

#define SPACES 100

static void windows_are_aligned_and_disjoint(void **state)
{
    static struct hal_space spaces[SPACES];

    for (size_t i = 0; i < SPACES; i++) {
        spaces[i] = (struct hal_space){0};
        assert_true(hal_space_create(*state, &spaces[i]));
        assert_int_equal(spaces[i].base % TR_PAGE_SIZE, 0);
        assert_int_equal(spaces[i].size % TR_PAGE_SIZE, 0);
        assert_true(spaces[i].size >= 1 << 20 && spaces[i].base != 0);
        for (size_t k = 0; k < i; k++) {
            assert_true(spaces[k].base + spaces[k].size <= spaces[i].base ||
                        spaces[i].base + spaces[i].size <= spaces[k].base);
        }
    }
    for (size_t i = 0; i < SPACES; i++) {
        hal_space_invalidate(*state, &spaces[i], spaces[i].base, 16);
        hal_space_destroy(*state, &spaces[i]);
    }
}

static void windows_can_be_made_for_ever(void **state)
{
    for (int i = 0; i < 5000; i++) {
        struct hal_space space = {0};
        assert_true(hal_space_create(*state, &space));
        hal_space_destroy(*state, &space);
    }
}

static void host_ranges_are_for_host_spaces_only(void **state)
{
    struct hal_space space = {.is_host = true};
    static uint64_t word;
    uint64_t address = (uint64_t)(uintptr_t)&word;

    assert_true(hal_space_create(*state, &space));
    assert_ptr_equal(hal_host_range(*state, &space, address, sizeof word), &word);
    assert_null(hal_host_range(*state, &space, UINT64_MAX - 7, 16));
    assert_null(hal_host_range(*state, &space, 0, 8));
    space.is_host = false;
    assert_null(hal_host_range(*state, &space, address, sizeof word));
    hal_space_destroy(*state, &space);
}

static void contexts_start_and_end(void **state)
{
    struct hal_space space = {0};
    static struct hal_context contexts[50];

    assert_true(hal_space_create(*state, &space));
    for (size_t i = 0; i < 50; i++) {
        hal_context_start(*state, &contexts[i], &space, space.base, space.base + 65536, i);
        assert_ptr_equal(contexts[i].space, &space);
    }
    for (size_t i = 0; i < 50; i++) {
        hal_context_end(*state, &contexts[i]);
    }
    hal_space_destroy(*state, &space);
}

static void time_passes_by_charges_alone(void **state)
{
    uint64_t before = hal_time(*state);

    assert_int_equal(hal_time(*state), before);
    hal_charge(*state, 12345);
    assert_int_equal(hal_time(*state), before + 12345);
    hal_timer(*state, before + 99999);
    hal_timer(*state, TR_FOREVER);
    assert_int_equal(hal_time(*state), before + 12345);
}

static void ports_that_nothing_answers_are_all_ones(void **state)
{
    assert_int_equal(hal_port_in(*state, 0xe80, 1), 0xff);
    assert_int_equal(hal_port_in(*state, 0xe80, 2), 0xffff);
    assert_int_equal(hal_port_in(*state, 0xe80, 4), 0xffffffff);
    hal_port_out(*state, 0xe80, 4, 7);
    assert_int_equal(hal_port_in(*state, 0xe80, 4), 0xffffffff);
}

static void every_call_has_a_ghost_of_its_own(void **state)
{
    static const uint32_t numbers[] = {
#define TR_CALL_ROW(nr, name) nr,
#include <terrarium/calls_rows.h>
#undef TR_CALL_ROW
    };

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        uint64_t address = hal_ghost_call(*state, numbers[i]);
        assert_int_not_equal(address, 0);
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(address, hal_ghost_call(*state, numbers[k]));
        }
    }
    assert_int_equal(hal_ghost_call(*state, TR_CALL_LIMIT), 0);
    assert_int_equal(hal_ghost_call(*state, UINT32_MAX), 0);
    assert_int_not_equal(hal_ghost_other(*state, "tr_call"), 0);
    assert_int_equal(hal_ghost_other(*state, "tr_nonsense"), 0);
    assert_int_equal(hal_ghost_other(*state, ""), 0);
}

static void the_processor_is_a_known_one(void **state)
{
    uint32_t machine = hal_elf_machine(*state);

    assert_true(machine == 62 || machine == 183);
}

static void random_bytes_depend_on_the_seed_alone(void **state)
{
    uint8_t bytes[3][64];

    (void)state;
    for (uint64_t i = 0; i < 3; i++) {
        struct machine *machine = contract_create(i == 2 ? 8 : 7);
        hal_random(machine, bytes[i], sizeof bytes[i]);
        contract_destroy(machine);
    }
    assert_memory_equal(bytes[0], bytes[1], sizeof bytes[0]);
    assert_memory_not_equal(bytes[0], bytes[2], sizeof bytes[0]);
}

#define CONTRACT_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONTRACT_TEST(memory_is_zero_at_boot_and_keeps_what_is_written),
        CONTRACT_TEST(device_memory_is_never_ram),
        CONTRACT_TEST(windows_are_aligned_and_disjoint),
        CONTRACT_TEST(windows_can_be_made_for_ever),
        CONTRACT_TEST(host_ranges_are_for_host_spaces_only),
        CONTRACT_TEST(contexts_start_and_end),
        CONTRACT_TEST(time_passes_by_charges_alone),
        CONTRACT_TEST(ports_that_nothing_answers_are_all_ones),
        CONTRACT_TEST(every_call_has_a_ghost_of_its_own),
        CONTRACT_TEST(the_processor_is_a_known_one),
        CONTRACT_TEST(random_bytes_depend_on_the_seed_alone),
    };

    return cmocka_run_group_tests_name(contract_name, tests, NULL, NULL);
}
