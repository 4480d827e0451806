/* SPDX-License-Identifier: MIT */
/* The library's calendar is the host's. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "lib/host/chance.h"
#include "lib/host/guest.h"

#define ROUNDS 100000

/* Between the years 1000 and 9999: the host writes others in its own way. */
static time_t random_time(void)
{
    return (time_t)(random_word() % UINT64_C(284012524800)) - INT64_C(30610224000);
}

static void compare_dates(const struct tm *mine, const struct tm *theirs)
{
    assert_int_equal(mine->tm_sec, theirs->tm_sec);
    assert_int_equal(mine->tm_min, theirs->tm_min);
    assert_int_equal(mine->tm_hour, theirs->tm_hour);
    assert_int_equal(mine->tm_mday, theirs->tm_mday);
    assert_int_equal(mine->tm_mon, theirs->tm_mon);
    assert_int_equal(mine->tm_year, theirs->tm_year);
    assert_int_equal(mine->tm_wday, theirs->tm_wday);
    assert_int_equal(mine->tm_yday, theirs->tm_yday);
    assert_int_equal(mine->tm_isdst, theirs->tm_isdst);
}

static void seconds_are_the_dates_of_the_host(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        const time_t time = random_time();
        struct tm theirs = *gmtime(&time);
        compare_dates(guest_gmtime(&time), &theirs);
        compare_dates(guest_localtime(&time), &theirs);
        assert_string_equal(guest_ctime(&time), ctime(&time));
    }
}

static void dates_out_of_range_are_the_seconds_of_the_host(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct tm mine = {.tm_year = rand() % 4000 - 900,
                          .tm_mon = rand() % 200 - 100,
                          .tm_mday = rand() % 20000 - 10000,
                          .tm_hour = rand() % 20000 - 10000,
                          .tm_min = rand() - RAND_MAX / 2,
                          .tm_sec = rand() - RAND_MAX / 2};
        struct tm theirs = mine;
        assert_int_equal(guest_mktime(&mine), mktime(&theirs));
        compare_dates(&mine, &theirs);
    }
}

static void dates_are_written_as_on_the_host(void **state)
{
    static const char format[] = "%a %A %b %B %c %C %d %D %e %F %g %G %h %H %I %j %m %M %n %p %r "
                                 "%R %S %t %T %u %U %V %w %W %x %X %y %Y %z %Z %% %Ey %Od";
    char mine[400], theirs[400];

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        const time_t time = random_time();
        const size_t size = (size_t)rand() % sizeof(mine);
        const size_t written = guest_strftime(mine, size, format, guest_gmtime(&time));
        assert_int_equal(written, strftime(theirs, size, format, localtime(&time)));
        if (written > 0) {
            assert_string_equal(mine, theirs);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_are_the_dates_of_the_host),
        cmocka_unit_test(dates_out_of_range_are_the_seconds_of_the_host),
        cmocka_unit_test(dates_are_written_as_on_the_host),
    };

    setenv("TZ", "UTC0", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
