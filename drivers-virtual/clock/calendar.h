/* SPDX-License-Identifier: MIT */
#pragma once

/* The Gregorian calendar. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/device/clock.h>

/* True if there is such a moment, from 1970 to 2099. */
bool calendar_is_valid(const struct tr_clock_time *time);

/* Days since the first of January 1970 of a valid date. */
uint32_t calendar_days(const struct tr_clock_time *time);

/* Fills weekday and unix_seconds of a valid moment. */
void calendar_complete(struct tr_clock_time *time);
