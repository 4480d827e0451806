/* SPDX-License-Identifier: MIT */
/* The interval timer. A tick is 838.1 ns; a port access costs 200 ns, so counts are compared with a
 * tick or two of play where time passes between. */

#include "devices.h"

enum { COUNTER_0 = 0x40, COUNTER_2 = 0x42, CONTROL = 0x43, SPEAKER = 0x61 };
#define TICKS(n) ((n)*S / 1193182)

static void program(struct machine *machine, uint32_t counter, uint32_t mode, uint32_t count)
{
    out8(machine, CONTROL, counter << 6 | 0x30 | mode << 1);
    out8(machine, COUNTER_0 + counter, count & 0xff);
    out8(machine, COUNTER_0 + counter, count >> 8);
}

static uint32_t read_count(struct machine *machine, uint32_t counter)
{
    out8(machine, CONTROL, counter << 6);
    uint32_t low = in8(machine, COUNTER_0 + counter);
    return low | in8(machine, COUNTER_0 + counter) << 8;
}

static uint32_t read_status(struct machine *machine, uint32_t counter)
{
    out8(machine, CONTROL, 0xe0 | 2U << counter);
    return in8(machine, COUNTER_0 + counter);
}

static bool output_2(struct machine *machine)
{
    return (in8(machine, SPEAKER) & 0x20) != 0;
}

/* Interrupts of line 0 during a time, looked for every step. */
static unsigned interrupts(struct machine *machine, uint64_t time, uint64_t step)
{
    unsigned count = 0;

    hal_irq_mask(machine, 0, false);
    for (uint64_t passed = 0; passed < time; passed += step) {
        posix_machine_pass(machine, step);
        count += device_take(machine) == 0;
    }
    return count;
}

static void mode_0_interrupts_once(void **state)
{
    assert_int_equal(interrupts(*state, S, MS), 0);
    program(*state, 0, 0, 11932);
    assert_int_equal(read_status(*state, 0) & 0x80, 0);
    assert_int_equal(interrupts(*state, 9 * MS, MS), 0);
    assert_int_equal(interrupts(*state, 2 * MS, MS), 1);
    assert_int_equal(read_status(*state, 0), 0xb0);
    assert_int_equal(interrupts(*state, S, MS), 0);
    assert_in_range(read_count(*state, 0), 1, 65535);
}

static void mode_2_keeps_its_rate_for_ever(void **state)
{
    program(*state, 0, 2, 1193);
    assert_in_range(interrupts(*state, 100 * S, MS / 2), 100015, 100016);
    program(*state, 0, 2, 0);
    assert_in_range(interrupts(*state, 10 * S, MS), 182, 183);
}

static void mode_3_interrupts_at_each_rise(void **state)
{
    program(*state, 0, 3, 11932);
    assert_in_range(interrupts(*state, 10 * S, MS), 999, 1000);
}

static void a_new_count_waits_for_the_end_of_the_period(void **state)
{
    program(*state, 0, 2, 40000);
    posix_machine_pass(*state, TICKS(10000));
    out8(*state, COUNTER_0, 100);
    out8(*state, COUNTER_0, 0);
    assert_int_equal(read_status(*state, 0) & 0x40, 0x40);
    assert_in_range(read_count(*state, 0), 29990, 30000);
    assert_int_equal(interrupts(*state, TICKS(29700), TICKS(100)), 0);
    assert_in_range(interrupts(*state, TICKS(10000), TICKS(10)), 98, 102);
    assert_int_equal(read_status(*state, 0) & 0x40, 0);
}

static void mode_2_counts_down_and_starts_again(void **state)
{
    program(*state, 2, 2, 1000);
    out8(*state, SPEAKER, 1);
    posix_machine_pass(*state, TICKS(300));
    assert_in_range(read_count(*state, 2), 695, 700);
    posix_machine_pass(*state, TICKS(1000));
    assert_in_range(read_count(*state, 2), 692, 700);
    out8(*state, SPEAKER, 0);
    assert_true(output_2(*state));
    uint32_t stands = read_count(*state, 2);
    posix_machine_pass(*state, TICKS(777));
    assert_int_equal(read_count(*state, 2), stands);
    out8(*state, SPEAKER, 1);
    posix_machine_pass(*state, TICKS(3));
    assert_in_range(read_count(*state, 2), 990, 1000);
}

static void mode_3_is_high_for_half_of_its_period(void **state)
{
    unsigned high = 0;

    program(*state, 2, 3, 10001);
    out8(*state, SPEAKER, 1);
    for (int i = 0; i < 1000; i++) {
        posix_machine_pass(*state, TICKS(97));
        high += output_2(*state);
        assert_int_equal(read_count(*state, 2) & 1, 0);
    }
    assert_in_range(high, 470, 530);
}

static void mode_1_is_a_shot_for_each_rise_of_the_gate(void **state)
{
    out8(*state, SPEAKER, 0);
    program(*state, 2, 1, 1000);
    posix_machine_pass(*state, TICKS(5000));
    assert_true(output_2(*state));
    for (int i = 0; i < 2; i++) {
        out8(*state, SPEAKER, 1);
        posix_machine_pass(*state, TICKS(500));
        assert_false(output_2(*state));
        out8(*state, SPEAKER, 0);
        posix_machine_pass(*state, TICKS(400));
        assert_false(output_2(*state));
        posix_machine_pass(*state, TICKS(200));
        assert_true(output_2(*state));
    }
    out8(*state, SPEAKER, 1);
    posix_machine_pass(*state, TICKS(900));
    out8(*state, SPEAKER, 0);
    out8(*state, SPEAKER, 1); /* triggered again before the end */
    posix_machine_pass(*state, TICKS(900));
    assert_false(output_2(*state));
}

static void mode_0_stands_while_the_gate_is_low(void **state)
{
    out8(*state, SPEAKER, 1);
    program(*state, 2, 0, 1000);
    posix_machine_pass(*state, TICKS(400));
    out8(*state, SPEAKER, 0);
    posix_machine_pass(*state, TICKS(5000));
    assert_in_range(read_count(*state, 2), 595, 602);
    assert_false(output_2(*state));
    out8(*state, SPEAKER, 1);
    posix_machine_pass(*state, TICKS(500));
    assert_false(output_2(*state));
    posix_machine_pass(*state, TICKS(110));
    assert_true(output_2(*state));
}

static void strobes_are_low_for_one_tick(void **state)
{
    hal_irq_mask(*state, 0, false);
    program(*state, 0, 4, 1000);
    assert_true((read_status(*state, 0) & 0x80) != 0);
    assert_int_equal(interrupts(*state, TICKS(980), TICKS(1)), 0);
    assert_int_equal(interrupts(*state, TICKS(30), TICKS(1)), 1);
    assert_int_equal(interrupts(*state, S / 5, TICKS(100)), 0);
    out8(*state, SPEAKER, 0);
    program(*state, 2, 5, 100);
    posix_machine_pass(*state, TICKS(500));
    out8(*state, SPEAKER, 1);
    unsigned low = 0;
    for (int i = 0; i < 2000; i++) {
        posix_machine_pass(*state, 100);
        low += !output_2(*state);
    }
    assert_in_range(low, 2, 3); /* 838 ns in steps of 300 */
}

static void decimal_counters_count_in_decimal(void **state)
{
    out8(*state, SPEAKER, 1);
    out8(*state, CONTROL, 0xb1); /* counter 2, mode 0, BCD */
    out8(*state, COUNTER_2, 0x00);
    out8(*state, COUNTER_2, 0x10);
    posix_machine_pass(*state, TICKS(11));
    uint32_t value = read_count(*state, 2);
    assert_in_range(value, 0x985, 0x989);
    posix_machine_pass(*state, TICKS(1000));
    value = read_count(*state, 2);
    assert_in_range(value, 0x9980, 0x9989);
}

static void the_read_back_command_latches_status_and_count(void **state)
{
    program(*state, 0, 2, 5000);
    posix_machine_pass(*state, TICKS(10));
    out8(*state, CONTROL, 0xc2); /* both, of counter 0 */
    posix_machine_pass(*state, TICKS(1000));
    out8(*state, CONTROL, 0xc2); /* changes nothing: not read yet */
    assert_int_equal(in8(*state, COUNTER_0), 0xb4);
    uint32_t low = in8(*state, COUNTER_0);
    assert_in_range(low | in8(*state, COUNTER_0) << 8, 4985, 4991);
    low = in8(*state, COUNTER_0);
    assert_in_range(low | in8(*state, COUNTER_0) << 8, 3970, 3991);
}

static void bytes_can_be_written_and_read_alone(void **state)
{
    out8(*state, SPEAKER, 1);
    out8(*state, CONTROL, 0x90); /* counter 2, low byte, mode 0 */
    out8(*state, COUNTER_2, 200);
    posix_machine_pass(*state, TICKS(100));
    assert_in_range(in8(*state, COUNTER_2), 95, 101);
    out8(*state, CONTROL, 0xa0); /* high byte */
    out8(*state, COUNTER_2, 2);
    posix_machine_pass(*state, TICKS(100));
    assert_int_equal(in8(*state, COUNTER_2), 1);
}

static void memory_is_refreshed_since_power_on(void **state)
{
    uint32_t before = in8(*state, SPEAKER) & 0x10;
    unsigned changes = 0;

    for (int i = 0; i < 1000; i++) {
        posix_machine_pass(*state, 800);
        uint32_t now = in8(*state, SPEAKER) & 0x10;
        changes += now != before;
        before = now;
    }
    assert_in_range(changes, 64, 68); /* 1 ms / 15.085 us */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(mode_0_interrupts_once),
        DEVICE_TEST(mode_2_keeps_its_rate_for_ever),
        DEVICE_TEST(mode_3_interrupts_at_each_rise),
        DEVICE_TEST(a_new_count_waits_for_the_end_of_the_period),
        DEVICE_TEST(mode_2_counts_down_and_starts_again),
        DEVICE_TEST(mode_3_is_high_for_half_of_its_period),
        DEVICE_TEST(mode_1_is_a_shot_for_each_rise_of_the_gate),
        DEVICE_TEST(mode_0_stands_while_the_gate_is_low),
        DEVICE_TEST(strobes_are_low_for_one_tick),
        DEVICE_TEST(decimal_counters_count_in_decimal),
        DEVICE_TEST(the_read_back_command_latches_status_and_count),
        DEVICE_TEST(bytes_can_be_written_and_read_alone),
        DEVICE_TEST(memory_is_refreshed_since_power_on),
    };

    return cmocka_run_group_tests_name("devices: interval timer", tests, NULL, NULL);
}
