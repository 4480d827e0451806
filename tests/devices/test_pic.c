/* SPDX-License-Identifier: MIT */
/* The interrupt controllers. The machine has programmed them (automatic end of interrupt, all
 * masked); most cases program them again, as an operating system would. */

#include "devices.h"

#include <string.h>

#include "kernel/kernel.h"

enum { MASTER = 0x20, SLAVE = 0xa0, DATA = 1, TRIGGERS = 0x4d0 };
enum { READ_REQUESTS = 0x0a, READ_SERVICE = 0x0b, END = 0x20, END_OF = 0x60 };

static void program(struct machine *machine, uint32_t icw4)
{
    static const uint32_t ports[] = {MASTER, SLAVE};
    static const uint32_t cascades[] = {4, 2};

    for (size_t i = 0; i < 2; i++) {
        out8(machine, ports[i], 0x11);
        out8(machine, ports[i] + DATA, 0x40 + 8 * (uint32_t)i);
        out8(machine, ports[i] + DATA, cascades[i]);
        out8(machine, ports[i] + DATA, icw4);
        out8(machine, ports[i] + DATA, 0);
    }
}

static uint32_t reads(struct machine *machine, uint32_t chip, uint32_t what)
{
    out8(machine, chip, what);
    return in8(machine, chip);
}

static void the_machine_starts_with_all_masked(void **state)
{
    assert_int_equal(in8(*state, MASTER + DATA), 0xfb);
    assert_int_equal(in8(*state, SLAVE + DATA), 0xff);
    posix_machine_raise(*state, 4);
    assert_int_equal(device_take(*state), -1);
    assert_int_equal(reads(*state, MASTER, READ_REQUESTS), 0x10);
    hal_irq_mask(*state, 4, false);
    assert_int_equal(in8(*state, MASTER + DATA), 0xeb);
    assert_int_equal(device_take(*state), 4);
    assert_int_equal(reads(*state, MASTER, READ_REQUESTS), 0);
    assert_int_equal(device_take(*state), -1);
}

static void one_edge_is_kept_while_masked(void **state)
{
    hal_irq_mask(*state, 12, true);
    for (int i = 0; i < 3; i++) {
        posix_machine_raise(*state, 12);
    }
    hal_irq_mask(*state, 12, false);
    assert_int_equal(device_take(*state), 12);
    assert_int_equal(device_take(*state), -1);
}

static void priorities_are_those_of_the_cascade(void **state)
{
    static const int order[] = {0, 1, 8, 9, 10, 11, 12, 13, 14, 15, 3, 4, 5, 6, 7};

    for (uint32_t line = 0; line < 16; line++) {
        hal_irq_mask(*state, line, false);
        posix_machine_raise(*state, line);
    }
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        assert_int_equal(device_take(*state), order[i]);
    }
    assert_int_equal(device_take(*state), -1);
}

static void service_inhibits_equal_and_lower_levels(void **state)
{
    program(*state, 1);
    posix_machine_raise(*state, 4);
    assert_int_equal(device_take(*state), 4);
    assert_int_equal(reads(*state, MASTER, READ_SERVICE), 0x10);
    posix_machine_raise(*state, 4);
    posix_machine_raise(*state, 6);
    assert_int_equal(device_take(*state), -1);
    posix_machine_raise(*state, 3);
    assert_int_equal(device_take(*state), 3);
    assert_int_equal(reads(*state, MASTER, READ_SERVICE), 0x18);
    out8(*state, MASTER, END);
    assert_int_equal(reads(*state, MASTER, READ_SERVICE), 0x10);
    out8(*state, MASTER, END_OF | 4);
    assert_int_equal(device_take(*state), 4);
    out8(*state, MASTER, END);
    assert_int_equal(device_take(*state), 6);
}

static void the_slave_needs_an_end_on_both_chips(void **state)
{
    program(*state, 1);
    posix_machine_raise(*state, 10);
    assert_int_equal(device_take(*state), 10);
    assert_int_equal(reads(*state, MASTER, READ_SERVICE), 4);
    assert_int_equal(reads(*state, SLAVE, READ_SERVICE), 4);
    posix_machine_raise(*state, 9);
    assert_int_equal(device_take(*state), -1);
    out8(*state, SLAVE, END);
    out8(*state, MASTER, END);
    assert_int_equal(device_take(*state), 9);
}

static void special_full_nesting_lets_the_slave_interrupt_itself(void **state)
{
    program(*state, 0x11);
    posix_machine_raise(*state, 10);
    assert_int_equal(device_take(*state), 10);
    posix_machine_raise(*state, 9);
    assert_int_equal(device_take(*state), 9);
    assert_int_equal(reads(*state, SLAVE, READ_SERVICE), 6);
}

static void rotation_moves_the_served_level_to_the_end(void **state)
{
    program(*state, 1);
    posix_machine_raise(*state, 3);
    assert_int_equal(device_take(*state), 3);
    out8(*state, MASTER, 0xa0); /* rotate on non-specific end */
    posix_machine_raise(*state, 3);
    posix_machine_raise(*state, 4);
    posix_machine_raise(*state, 1);
    assert_int_equal(device_take(*state), 4);
    out8(*state, MASTER, END);
    assert_int_equal(device_take(*state), 1);
    out8(*state, MASTER, END);
    assert_int_equal(device_take(*state), 3);
    out8(*state, MASTER, END);
    out8(*state, MASTER, 0xc5); /* 5 is the lowest from now on */
    posix_machine_raise(*state, 5);
    posix_machine_raise(*state, 6);
    assert_int_equal(device_take(*state), 6);
}

static void special_mask_lets_lower_levels_through(void **state)
{
    program(*state, 1);
    posix_machine_raise(*state, 3);
    assert_int_equal(device_take(*state), 3);
    posix_machine_raise(*state, 7);
    assert_int_equal(device_take(*state), -1);
    out8(*state, MASTER + DATA, 8);
    out8(*state, MASTER, 0x68);
    assert_int_equal(device_take(*state), 7);
    out8(*state, MASTER, 0x48);
    out8(*state, MASTER + DATA, 0);
    posix_machine_raise(*state, 5);
    assert_int_equal(device_take(*state), -1);
}

static void a_poll_acknowledges(void **state)
{
    program(*state, 1);
    out8(*state, MASTER, 0x0c);
    assert_int_equal(in8(*state, MASTER), 0);
    posix_machine_raise(*state, 5);
    out8(*state, MASTER, 0x0c);
    assert_int_equal(in8(*state, MASTER), 0x85);
    assert_int_equal(reads(*state, MASTER, READ_SERVICE), 0x20);
    assert_int_equal(device_take(*state), -1);
}

static void initialisation_forgets(void **state)
{
    program(*state, 1);
    posix_machine_raise(*state, 5);
    posix_machine_raise(*state, 6);
    assert_int_equal(device_take(*state), 5);
    program(*state, 1);
    assert_int_equal(reads(*state, MASTER, READ_SERVICE), 0);
    assert_int_equal(reads(*state, MASTER, READ_REQUESTS), 0);
    assert_int_equal(device_take(*state), -1);
}

static void a_glitch_is_line_7_or_15(void **state)
{
    struct posix_event event = {.kind = POSIX_EVENT_SPURIOUS, .unit = 4};

    assert_true(posix_machine_event(*state, &event));
    assert_int_equal(device_take(*state), -1);
    hal_irq_mask(*state, 4, false);
    hal_irq_mask(*state, 12, false);
    assert_true(posix_machine_event(*state, &event));
    assert_int_equal(device_take(*state), 7);
    assert_int_equal(reads(*state, MASTER, READ_SERVICE), 0);
    assert_int_equal(device_take(*state), -1);
    event.unit = 12;
    assert_true(posix_machine_event(*state, &event));
    assert_int_equal(device_take(*state), 15);
    assert_int_equal(device_take(*state), -1);
}

static void a_stuck_line_asks_until_it_is_freed(void **state)
{
    struct posix_event event = {.kind = POSIX_EVENT_STUCK, .unit = 6};

    hal_irq_mask(*state, 6, false);
    assert_true(posix_machine_event(*state, &event));
    for (int i = 0; i < 5; i++) {
        assert_int_equal(device_take(*state), 6);
    }
    hal_irq_mask(*state, 6, true);
    assert_int_equal(device_take(*state), -1);
    hal_irq_mask(*state, 6, false);
    assert_int_equal(device_take(*state), 6);
    event.kind = POSIX_EVENT_FREE;
    assert_true(posix_machine_event(*state, &event));
    assert_int_equal(device_take(*state), -1);
    event.unit = 16;
    assert_false(posix_machine_event(*state, &event));
    assert_int_equal(device_warnings, 1);
}

static void the_trigger_register_spares_the_board_s_own_lines(void **state)
{
    assert_int_equal(in8(*state, TRIGGERS), 0);
    assert_int_equal(in8(*state, TRIGGERS + 1), 0x0e);
    out8(*state, TRIGGERS, 0xff);
    out8(*state, TRIGGERS + 1, 0xff);
    assert_int_equal(in8(*state, TRIGGERS), 0xf8);
    assert_int_equal(in8(*state, TRIGGERS + 1), 0xde);
}

static void under_a_kernel_the_controllers_can_be_read_only(void **state)
{
    const struct kernel_config config = {.trace = false};
    struct kernel *kernel = kernel_create(*state, &config);

    assert_non_null(kernel);
    posix_machine_attach(*state, kernel);
    out8(*state, SLAVE + DATA, 0);
    out8(*state, TRIGGERS, 0xff);
    out8(*state, MASTER, 0x11);
    assert_int_equal(in8(*state, SLAVE + DATA), 0xff);
    assert_int_equal(in8(*state, TRIGGERS), 0);
    posix_machine_raise(*state, 4);
    assert_int_equal(reads(*state, MASTER, READ_SERVICE), 0);
    assert_int_equal(reads(*state, MASTER, READ_REQUESTS), 0x10);
    assert_int_equal(device_warnings, 1);
    assert_non_null(strstr(device_warning, "interrupt controller"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(the_machine_starts_with_all_masked),
        DEVICE_TEST(one_edge_is_kept_while_masked),
        DEVICE_TEST(priorities_are_those_of_the_cascade),
        DEVICE_TEST(service_inhibits_equal_and_lower_levels),
        DEVICE_TEST(the_slave_needs_an_end_on_both_chips),
        DEVICE_TEST(special_full_nesting_lets_the_slave_interrupt_itself),
        DEVICE_TEST(rotation_moves_the_served_level_to_the_end),
        DEVICE_TEST(special_mask_lets_lower_levels_through),
        DEVICE_TEST(a_poll_acknowledges),
        DEVICE_TEST(initialisation_forgets),
        DEVICE_TEST(a_glitch_is_line_7_or_15),
        DEVICE_TEST(a_stuck_line_asks_until_it_is_freed),
        DEVICE_TEST(under_a_kernel_the_controllers_can_be_read_only),
        DEVICE_TEST(the_trigger_register_spares_the_board_s_own_lines),
    };

    return cmocka_run_group_tests_name("devices: interrupt controllers", tests, NULL, NULL);
}
