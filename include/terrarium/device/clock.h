/* SPDX-License-Identifier: MIT */
#pragma once

/* The clock that runs while the machine is off. See device.h for the form of its messages. Dates
 * are of the Gregorian calendar, the time is UTC. STATE: its battery was empty, or what it
 * shows is no date of these years; the time is not known until somebody sets it. */

#include <terrarium/device/device.h>

enum tr_clock_operation {
#define TR_CLOCK_OPERATION(name, number, rights, meaning) TR_CLOCK_##name = (number),
#include <terrarium/device/clock.def>
#undef TR_CLOCK_OPERATION
};

#define TR_CLOCK_DEVICE "clock"

struct tr_clock_time {
    uint32_t year, month, day;     /* 1970 to 2099; 1 to 12; 1 to 31 */
    uint32_t hour, minute, second; /* 0 to 23, 59, 59 */
    uint32_t weekday;              /* 0 Sunday to 6 */
    uint32_t reserved;
    uint64_t unix_seconds; /* since the beginning of 1970 */
    uint64_t boot_time;    /* nanoseconds since boot when this second began */
};

struct tr_clock_information {
    struct tr_device_information device;
    uint64_t memory_size; /* bytes MEMORY can read */
    uint64_t updates;     /* seconds the driver has seen begin */
};
