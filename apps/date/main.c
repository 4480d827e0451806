/* SPDX-License-Identifier: MIT */
/* `date`: the date and the time of day, from `d\clock`, which answers applications too.
 *
 *     date                            Sun 2026-11-22 21:13:52 UTC
 *     date -s                         the seconds since the beginning of 1970
 *     date YYYY-MM-DD HH:MM:SS        asks the clock to be set, which only servers may */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>
#include <terrarium/text.h>

TR_PROGRAM_ABOUT("tells the date and the time of day");

static int failed(const char *what, int64_t error)
{
    printf("date: %s: %s: %s\n", what, tr_error_name(error), tr_error_text(error));
    return 1;
}

/* The next number of a text; its end is moved behind it and one separator. */
static uint32_t number_take(char **text)
{
    uint32_t number = (uint32_t)strtoul(*text, text, 10);

    if (**text != '\0') {
        (*text)++;
    }
    return number;
}

static int clock_set(struct tru_device *clock, char *date, char *hours)
{
    struct tr_clock_time time = {.year = number_take(&date),
                                 .month = number_take(&date),
                                 .day = number_take(&date),
                                 .hour = number_take(&hours),
                                 .minute = number_take(&hours),
                                 .second = number_take(&hours)};
    int64_t result = tr_device_open(clock->id, 0);

    if (result == 0) {
        result = tru_clock_set(clock, &time);
    }
    return result < 0 ? failed("the clock was not set", result) : 0;
}

int main(int argc, char **argv)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    struct tru_device clock;
    struct tr_clock_time time;
    int64_t result = tru_device_find(TR_CLOCK_DEVICE, 0, &clock);

    if (result < 0) {
        return failed("there is no clock", result);
    }
    bool wants_seconds = argc == 2 && strcmp(argv[1], "-s") == 0;
    if (argc > 3 || (argc == 2 && !wants_seconds)) {
        tru_text_print(stdout, "usage: date [-s | YYYY-MM-DD HH:MM:SS]");
        return 2;
    }
    if (argc == 3) {
        return clock_set(&clock, argv[1], argv[2]);
    }
    result = tru_clock_read(&clock, &time);
    if (result < 0) {
        return failed("the clock does not tell the time", result);
    }
    if (wants_seconds) {
        printf("%" PRIu64 "\n", time.unix_seconds);
        return 0;
    }
    printf("%s %" PRIu32 "-%02" PRIu32 "-%02" PRIu32 " %02" PRIu32 ":%02" PRIu32 ":%02" PRIu32
           " UTC\n",
           days[time.weekday % 7], time.year, time.month, time.day, time.hour, time.minute,
           time.second);
    return 0;
}
