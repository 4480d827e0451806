/* SPDX-License-Identifier: MIT */
#pragma once

/* Dates and times of day: as in ISO C. The one time zone is UTC. */

#define __NEED_size_t
#define __NEED_time_t
#define __NEED_clock_t
#define __NEED_struct_timespec
#include <bits/alltypes.h>
#include <stddef.h>

#define CLOCKS_PER_SEC ((clock_t)1000000)
#define TIME_UTC       1

struct tm {
    int tm_sec;   /* 0 to 60 */
    int tm_min;   /* 0 to 59 */
    int tm_hour;  /* 0 to 23 */
    int tm_mday;  /* 1 to 31 */
    int tm_mon;   /* 0 to 11 */
    int tm_year;  /* since 1900 */
    int tm_wday;  /* 0 Sunday to 6 */
    int tm_yday;  /* 0 to 365 */
    int tm_isdst; /* 0: there is no summer time here */
    long __tm_gmtoff;
    const char *__tm_zone;
};

/* The seconds since the beginning of 1970, from the device `clock`, by a message each time; without
 * such a device as if the machine had been started at the beginning of 2000. -1: the clock does not
 * know, or does not answer. */
time_t time(time_t *result);

/* The same in nanoseconds. Returns the base, or 0 if it is not TIME_UTC or the time is not known.
 */
int timespec_get(struct timespec *result, int base);

/* The processor time of this process, of all its threads, in virtual microseconds. */
clock_t clock(void);

double difftime(time_t end, time_t begin);

/* Brings the members into their ranges. -1: the year does not fit into an int, and errno is
 * EOVERFLOW. */
time_t mktime(struct tm *date);

/* Each returns its own structure, which its next call overwrites. NULL: as for mktime. */
struct tm *gmtime(const time_t *time);
struct tm *localtime(const time_t *time);

/* "Sun Sep 16 01:03:52 1973\n", for years of four digits. The next call overwrites it. */
char *asctime(const struct tm *date);
char *ctime(const time_t *time);

/* The bytes written without the final 0; 0: they do not fit. wchar.h has wcsftime. */
size_t strftime(char *restrict text, size_t size, const char *restrict format,
                const struct tm *restrict date);
