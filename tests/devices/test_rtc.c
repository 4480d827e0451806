/* SPDX-License-Identifier: MIT */
/* The clock chip. */

#include "devices.h"

#include <time.h>

enum { SECOND, SECOND_ALARM, MINUTE, MINUTE_ALARM, HOUR, HOUR_ALARM, WEEKDAY, DAY, MONTH, YEAR };
enum { A = 10, B, C, D, CENTURY = 0x32 };

static uint32_t get(struct machine *machine, uint32_t index)
{
    out8(machine, 0x70, index);
    return in8(machine, 0x71);
}

static void set(struct machine *machine, uint32_t index, uint32_t value)
{
    out8(machine, 0x70, index);
    out8(machine, 0x71, value);
}

static void set_date(struct machine *machine, const uint32_t date[7])
{
    static const uint8_t indices[7] = {CENTURY, YEAR, MONTH, DAY, HOUR, MINUTE, SECOND};

    set(machine, B, get(machine, B) | 0x80);
    for (size_t i = 0; i < 7; i++) {
        set(machine, indices[i], date[i]);
    }
    set(machine, B, get(machine, B) & 0x7f);
}

static void assert_date(struct machine *machine, const uint32_t date[7])
{
    static const uint8_t indices[7] = {CENTURY, YEAR, MONTH, DAY, HOUR, MINUTE, SECOND};

    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(get(machine, indices[i]), date[i]);
    }
}
#define DATE(...) ((const uint32_t[7]){__VA_ARGS__})

static void time_begins_with_the_century(void **state)
{
    assert_date(*state, DATE(0x20, 0, 1, 1, 0, 0, 0));
    assert_int_equal(get(*state, WEEKDAY), 7); /* a Saturday */
    assert_int_equal(get(*state, D), 0x80);
    posix_machine_pass(*state, 3661 * S);
    assert_date(*state, DATE(0x20, 0, 1, 1, 1, 1, 1));
    posix_machine_pass(*state, 59 * 86400 * S);
    assert_date(*state, DATE(0x20, 0, 2, 0x29, 1, 1, 1));
    assert_int_equal(get(*state, WEEKDAY), 3);
}

static void a_date_may_be_given(void **state)
{
    struct posix_hardware hardware = {.parts = POSIX_PART_RTC, .date = 1763844694};
    struct machine *machine = device_machine(&hardware);

    (void)state;
    assert_date(machine, DATE(0x20, 0x25, 0x11, 0x22, 0x20, 0x51, 0x34));
    posix_machine_destroy(machine);
}

/* Every day of 140 years, as the host's library has them. */
static void dates_agree_with_the_host_s_calendar(void **state)
{
    const struct tm start = {.tm_year = 90, .tm_mon = 11, .tm_mday = 31, .tm_hour = 23};
    struct tm copy = start;
    time_t expected = timegm(&copy);

    set(*state, B, 0x06);
    set_date(*state, DATE(0x19, 90, 12, 31, 23, 0, 0));
    for (int day = 0; day < 140 * 365; day++) {
        struct tm date;
        gmtime_r(&expected, &date);
        assert_int_equal(get(*state, DAY), date.tm_mday);
        assert_int_equal(get(*state, MONTH), date.tm_mon + 1);
        assert_int_equal(get(*state, YEAR), date.tm_year % 100);
        assert_int_equal(get(*state, HOUR), 23);
        posix_machine_pass(*state, 86400 * S - 8 * 200);
        expected += 86400;
    }
    assert_int_equal(get(*state, CENTURY), 0x21);
}

static void binary_and_twelve_hours_are_modes(void **state)
{
    set(*state, B, 0x04);
    set_date(*state, DATE(0x20, 31, 12, 31, 11 | 0x80, 59, 59));
    posix_machine_pass(*state, S);
    assert_date(*state, DATE(0x20, 32, 1, 1, 12, 0, 0));
    set(*state, B, 0x00);
    set_date(*state, DATE(0x20, 0x31, 0x12, 0x31, 0x12, 0x59, 0x59));
    posix_machine_pass(*state, S);
    assert_date(*state, DATE(0x20, 0x31, 0x12, 0x31, 0x01, 0, 0));
    posix_machine_pass(*state, 11 * 3600 * S);
    assert_int_equal(get(*state, HOUR), 0x92);
}

static void the_clock_stands_while_it_is_set(void **state)
{
    set(*state, B, 0x82);
    posix_machine_pass(*state, 100 * S);
    assert_int_equal(get(*state, SECOND), 0);
    assert_int_equal(get(*state, C), 0x40); /* the periodic flag does not care */
    set(*state, B, 0x02);
    posix_machine_pass(*state, 2 * S);
    assert_int_equal(get(*state, SECOND), 2);
}

static void a_divider_that_was_held_begins_with_half_a_second(void **state)
{
    set(*state, A, 0x76);
    posix_machine_pass(*state, 100 * S);
    assert_int_equal(get(*state, SECOND), 0);
    set(*state, A, 0x26);
    posix_machine_pass(*state, 499 * MS);
    assert_int_equal(get(*state, SECOND), 0);
    posix_machine_pass(*state, 2 * MS);
    assert_int_equal(get(*state, SECOND), 1);
}

static void an_update_is_announced(void **state)
{
    posix_machine_pass(*state, S - 3 * MS);
    assert_int_equal(get(*state, A), 0x26);
    posix_machine_pass(*state, MS);
    assert_int_equal(get(*state, A), 0xa6);
    assert_int_equal(get(*state, C) & 0x10, 0);
    posix_machine_pass(*state, 2 * MS);
    assert_int_equal(get(*state, A), 0x26);
    assert_int_equal(get(*state, C) & 0x10, 0x10);
    assert_int_equal(get(*state, C), 0);
}

/* Interrupts during a time, each answered by reading register C after `delay`. */
static unsigned interrupts(struct machine *machine, uint64_t time, uint64_t step, uint32_t causes)
{
    unsigned count = 0;

    hal_irq_mask(machine, 8, false);
    get(machine, C);
    for (uint64_t passed = 0; passed < time; passed += step) {
        posix_machine_pass(machine, step - 400);
        if (device_take(machine) == 8) {
            assert_int_equal(get(machine, C) & (0x80 | causes), 0x80 | causes);
            count++;
        } else {
            hal_charge(machine, 400);
        }
    }
    return count;
}

static void periodic_interrupts_have_their_rate(void **state)
{
    set(*state, B, 0x42);
    assert_in_range(interrupts(*state, 10 * S, 100000, 0x40), 10239, 10241);
    set(*state, A, 0x23);
    assert_in_range(interrupts(*state, S, 20000, 0x40), 8191, 8193);
    set(*state, A, 0x2f);
    assert_in_range(interrupts(*state, 10 * S, MS, 0x40), 19, 21);
    set(*state, A, 0x22);
    assert_in_range(interrupts(*state, S, MS, 0x40), 127, 129);
    set(*state, A, 0x20);
    assert_int_equal(interrupts(*state, S, MS, 0x40), 0);
}

static void each_update_interrupts(void **state)
{
    set(*state, B, 0x12);
    assert_int_equal(interrupts(*state, 100 * S, 100 * MS, 0x10), 100);
}

static void the_alarm_rings_when_all_three_match(void **state)
{
    set(*state, SECOND_ALARM, 0x30);
    set(*state, MINUTE_ALARM, 0x05);
    set(*state, HOUR_ALARM, 0x02);
    set(*state, B, 0x22);
    assert_int_equal(interrupts(*state, 2 * 3600 * S + 325 * S, S, 0x20), 0);
    assert_int_equal(interrupts(*state, 10 * S, S, 0x20), 1);
    assert_int_equal(interrupts(*state, 86300 * S, 10 * S, 0x20), 0);
    set(*state, HOUR_ALARM, 0xc0);
    set(*state, MINUTE_ALARM, 0xff);
    assert_int_equal(interrupts(*state, 3600 * S, S, 0x20), 60);
}

static void one_output_stays_high_until_it_is_read(void **state)
{
    hal_irq_mask(*state, 8, false);
    set(*state, B, 0x42);
    posix_machine_pass(*state, S);
    assert_int_equal(device_take(*state), 8);
    posix_machine_pass(*state, S);
    assert_int_equal(device_take(*state), -1);
    assert_int_equal(get(*state, C), 0xd0);
    posix_machine_pass(*state, S);
    assert_int_equal(device_take(*state), 8);
}

static void memory_is_kept_and_what_is_read_only_stays(void **state)
{
    set(*state, 0x40, 0xa5);
    assert_int_equal(get(*state, 0x40), 0xa5);
    set(*state, C, 0xff);
    set(*state, D, 0);
    assert_int_equal(get(*state, C), 0);
    assert_int_equal(get(*state, D), 0x80);
    assert_int_equal(get(*state, 0x15) | get(*state, 0x16) << 8, 640);
    assert_int_equal(get(*state, 0x17) | get(*state, 0x18) << 8, 15360);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(time_begins_with_the_century),
        DEVICE_TEST(a_date_may_be_given),
        DEVICE_TEST(dates_agree_with_the_host_s_calendar),
        DEVICE_TEST(binary_and_twelve_hours_are_modes),
        DEVICE_TEST(the_clock_stands_while_it_is_set),
        DEVICE_TEST(a_divider_that_was_held_begins_with_half_a_second),
        DEVICE_TEST(an_update_is_announced),
        DEVICE_TEST(periodic_interrupts_have_their_rate),
        DEVICE_TEST(each_update_interrupts),
        DEVICE_TEST(the_alarm_rings_when_all_three_match),
        DEVICE_TEST(one_output_stays_high_until_it_is_read),
        DEVICE_TEST(memory_is_kept_and_what_is_read_only_stays),
    };

    device_hardware.parts = POSIX_PART_RTC;
    return cmocka_run_group_tests_name("devices: clock", tests, NULL, NULL);
}
