/* SPDX-License-Identifier: MIT */
/* The clock, for its clients. */

#include <terrarium.h>
#include <terrarium/device.h>

int64_t tru_clock_read(struct tru_device *clock, struct tr_clock_time *time)
{
    struct tru_device_request request = {.operation = TR_CLOCK_READ,
                                         .answer = time,
                                         .capacity = sizeof *time,
                                         .is_repeatable = true};

    return tru_device_request(clock, &request);
}

int64_t tru_clock_set(struct tru_device *clock, const struct tr_clock_time *time)
{
    struct tru_device_request request = {
        .operation = TR_CLOCK_SET, .bytes = time, .size = sizeof *time};

    return tru_device_request(clock, &request);
}

int64_t tru_clock_alarm_send(const struct tru_device *clock, uint32_t hour, uint32_t minute,
                             uint32_t second, uint64_t cookie)
{
    struct tru_device_request request = {.operation = TR_CLOCK_ALARM,
                                         .arguments = {hour, minute, second}};

    return tru_device_send(clock, &request, cookie);
}

int64_t tru_clock_memory(struct tru_device *clock, uint32_t first, void *to, uint64_t count)
{
    struct tru_device_request request = {.operation = TR_CLOCK_MEMORY,
                                         .arguments = {first, count},
                                         .answer = to,
                                         .capacity = count,
                                         .is_repeatable = true};

    return tru_device_request(clock, &request);
}
