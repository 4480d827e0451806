/* SPDX-License-Identifier: MIT */
/* The Gregorian calendar. Between 1970 and 2099 every fourth year is a leap year. */

#include "calendar.h"

#define FIRST_YEAR    1970
#define LAST_YEAR     2099
#define FIRST_WEEKDAY 4 /* the first of January 1970 was a Thursday */
#define DAY_SECONDS   86400

/* Days of a year before its month. */
static const uint16_t days_before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

static bool is_leap(uint32_t year)
{
    return year % 4 == 0;
}

static uint32_t month_days(uint32_t year, uint32_t month)
{
    uint32_t days = (uint32_t)(days_before[month] - days_before[month - 1]);

    return month == 2 && is_leap(year) ? days + 1 : days;
}

bool calendar_is_valid(const struct tr_clock_time *time)
{
    return time->year >= FIRST_YEAR && time->year <= LAST_YEAR && time->month >= 1 &&
           time->month <= 12 && time->day >= 1 &&
           time->day <= month_days(time->year, time->month) && time->hour < 24 &&
           time->minute < 60 && time->second < 60;
}

uint32_t calendar_days(const struct tr_clock_time *time)
{
    uint32_t years = time->year - FIRST_YEAR;
    uint32_t leap_days = (years + 1) / 4; /* 1972 was the first after 1970 */
    bool is_after = time->month > 2 && is_leap(time->year);

    return years * 365 + leap_days + days_before[time->month - 1] + is_after + time->day - 1;
}

void calendar_complete(struct tr_clock_time *time)
{
    uint32_t days = calendar_days(time);

    time->weekday = (days + FIRST_WEEKDAY) % 7;
    time->unix_seconds = (uint64_t)days * DAY_SECONDS + time->hour * UINT64_C(3600) +
                         time->minute * UINT64_C(60) + time->second;
}
