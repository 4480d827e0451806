/* SPDX-License-Identifier: MIT */
/* The clock driver's calendar against the host's. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "drivers-virtual/clock/calendar.h"

/* Every day from 1970 to 2099, at a time of day that differs. */
static void days_are_those_of_the_host(void **state)
{
    (void)state;
    for (int64_t day = 0; day < 47482; day++) {
        time_t seconds = day * 86400 + day * 977 % 86400;
        struct tm host;
        gmtime_r(&seconds, &host);
        struct tr_clock_time time = {.year = (uint32_t)host.tm_year + 1900,
                                     .month = (uint32_t)host.tm_mon + 1,
                                     .day = (uint32_t)host.tm_mday,
                                     .hour = (uint32_t)host.tm_hour,
                                     .minute = (uint32_t)host.tm_min,
                                     .second = (uint32_t)host.tm_sec};
        assert_true(calendar_is_valid(&time));
        calendar_complete(&time);
        assert_int_equal(time.unix_seconds, seconds);
        assert_int_equal(time.weekday, host.tm_wday);
    }
}

static void there_is_no_such_moment(void **state)
{
    static const struct tr_clock_time times[] = {{.year = 1969, .month = 12, .day = 31},
                                                 {.year = 2100, .month = 1, .day = 1},
                                                 {.year = 2001, .month = 0, .day = 1},
                                                 {.year = 2001, .month = 13, .day = 1},
                                                 {.year = 2001, .month = 2, .day = 29},
                                                 {.year = 2000, .month = 2, .day = 30},
                                                 {.year = 2001, .month = 4, .day = 31},
                                                 {.year = 2001, .month = 4, .day = 0},
                                                 {.year = 2001, .month = 4, .day = 1, .hour = 24},
                                                 {.year = 2001, .month = 4, .day = 1, .minute = 60},
                                                 {.year = 2001, .month = 4, .day = 1, .second = 60},
                                                 {.year = 2001, .month = UINT32_MAX, .day = 1}};

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        assert_false(calendar_is_valid(&times[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_those_of_the_host),
        cmocka_unit_test(there_is_no_such_moment),
    };
    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
