/* SPDX-License-Identifier: MIT */
/* Years are counted from March on, so that the odd day of a leap year comes last. */

#include "calendar.h"

#define DAYS_400  UINT64_C(146097) /* days of 400 years */
#define DAYS_1970 UINT64_C(719468) /* from 0000-03-01 to 1970-01-01 */
#define DAY       UINT64_C(86400)

static uint64_t days_before(uint64_t year, uint64_t month, uint64_t day)
{
    uint64_t from_march = month > 2 ? month - 3 : month + 9;
    uint64_t years = month > 2 ? year : year - 1;
    uint64_t in_year = (153 * from_march + 2) / 5 + day - 1;
    return years * 365 + years / 4 - years / 100 + years / 400 + in_year;
}

uint64_t calendar_seconds(const struct calendar *date)
{
    uint64_t month = date->month == 0 ? 1 : date->month, day = date->day == 0 ? 1 : date->day;
    uint64_t year = date->year < 1970 ? 1970 : date->year;
    uint64_t days = days_before(year + (month - 1) / 12, (month - 1) % 12 + 1, day) - DAYS_1970;
    return days * DAY + date->hour * UINT64_C(3600) + date->minute * UINT64_C(60) + date->second;
}

struct calendar calendar_date(uint64_t seconds)
{
    uint64_t days = seconds / DAY + DAYS_1970, rest = seconds % DAY;
    uint64_t eras = days / DAYS_400, in_era = days % DAYS_400;
    uint64_t years = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    uint64_t in_year = in_era - (365 * years + years / 4 - years / 100);
    uint64_t from_march = (5 * in_year + 2) / 153;
    uint64_t month = from_march < 10 ? from_march + 3 : from_march - 9;
    return (struct calendar){.year = (uint32_t)(eras * 400 + years + (month <= 2 ? 1 : 0)),
                             .month = (uint32_t)month,
                             .day = (uint32_t)(in_year - (153 * from_march + 2) / 5 + 1),
                             .hour = (uint32_t)(rest / 3600),
                             .minute = (uint32_t)(rest / 60 % 60),
                             .second = (uint32_t)(rest % 60),
                             .weekday = (uint32_t)((seconds / DAY + 4) % 7 + 1)};
}
