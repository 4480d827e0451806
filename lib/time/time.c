/* SPDX-License-Identifier: MIT */
/* What time it is, and how much of it the process has had. */

#include <stdbool.h>
#include <terrarium.h>
#include <terrarium/device.h>
#include <time.h>

#define SECOND       UINT64_C(1000000000)
#define CLOCK_TICK   (SECOND / (uint64_t)CLOCKS_PER_SEC)
#define DEFAULT_DATE UINT64_C(946684800) /* of boot: what clocks say that nobody has set */

/* Nanoseconds since the beginning of 1970. */
static bool time_now(uint64_t *now)
{
    struct tru_device clock;
    struct tr_clock_time told = {.unix_seconds = DEFAULT_DATE};
    int64_t found = tru_device_find(TR_CLOCK_DEVICE, 0, &clock);

    if (found != TR_E_NOENT && (found < 0 || tru_clock_read(&clock, &told) < 0)) {
        return false;
    }
    *now = told.unix_seconds * SECOND + (uint64_t)tr_clock() - told.boot_time;
    return true;
}

time_t time(time_t *result)
{
    uint64_t now;
    time_t seconds = time_now(&now) ? (time_t)(now / SECOND) : -1;

    if (result != NULL) {
        *result = seconds;
    }
    return seconds;
}

int timespec_get(struct timespec *result, int base)
{
    uint64_t now;

    if (base != TIME_UTC || !time_now(&now)) {
        return 0;
    }
    result->tv_sec = (time_t)(now / SECOND);
    result->tv_nsec = (long)(now % SECOND);
    return base;
}

clock_t clock(void)
{
    struct tr_process_info info;

    return tr_process_self(&info) < 0 ? -1 : (clock_t)(info.cpu_time / CLOCK_TICK);
}
