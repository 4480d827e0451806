/* SPDX-License-Identifier: MIT */
/* The queues of a PS/2 device. */

#include "ps2.h"

#include <string.h>

#include "i8042.h"

bool ps2_has(const struct ps2 *device)
{
    return device->answer_count > 0 || device->event_count > 0;
}

static uint8_t take(uint8_t *bytes, uint32_t *count)
{
    uint8_t byte = bytes[0];
    *count -= 1;
    memmove(bytes, bytes + 1, *count);
    return byte;
}

uint8_t ps2_take(struct ps2 *device)
{
    device->last = device->answer_count > 0 ? take(device->answers, &device->answer_count)
                                            : take(device->events, &device->event_count);
    return device->last;
}

void ps2_answer(struct machine *machine, struct ps2 *device, uint8_t byte)
{
    if (device->answer_count < PS2_ANSWERS) {
        device->answers[device->answer_count++] = byte;
        i8042_wake(machine);
    }
}

bool ps2_tell(struct machine *machine, struct ps2 *device, const uint8_t *bytes, uint32_t count)
{
    if (device->event_count + count > PS2_EVENTS) {
        return false;
    }
    memcpy(device->events + device->event_count, bytes, count);
    device->event_count += count;
    i8042_wake(machine);
    return true;
}

void ps2_forget_events(struct ps2 *device)
{
    device->event_count = 0;
}
