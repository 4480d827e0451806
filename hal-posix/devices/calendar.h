/* SPDX-License-Identifier: MIT */
#pragma once

/* Dates of the Gregorian calendar as seconds since 1970, for the clock chip. */

#include <stdint.h>

struct calendar {
    uint32_t year, month, day; /* 2000, 1 to 12, 1 to 31 */
    uint32_t hour, minute, second;
    uint32_t weekday; /* 1: Sunday */
};

/* Values out of range run over into the next larger unit. */
uint64_t calendar_seconds(const struct calendar *date);
struct calendar calendar_date(uint64_t seconds);
