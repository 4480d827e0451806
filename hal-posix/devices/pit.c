/* SPDX-License-Identifier: MIT */
/* The interval timer: three counters of a 1.193182 MHz clock. Counter 0 raises line 0; modes 0
 * (once) and 2, 3 (again and again) are there, the others behave as mode 0. Counters 1 and 2 only
 * count.
 *
 * SIM: counting is arithmetic on the machine's time, not a process. */

#include "pit.h"

#include <stdlib.h>

#include "pic.h"

#define PIT_PORT  0x40
#define PIT_LINE  0
#define PIT_HERTZ UINT64_C(1193182)
#define NS_PER_S  UINT64_C(1000000000)

enum { ACCESS_LATCH = 0, ACCESS_LOW, ACCESS_HIGH, ACCESS_BOTH };

struct counter {
    uint32_t access, mode;
    uint32_t reload; /* 1 … 65536 */
    uint32_t written_low;
    bool second_write, second_read, latched;
    uint32_t latch;
    uint64_t since; /* when it was loaded */
};

struct pit {
    struct timed timed; /* first: fire gets it */
    struct bus_range ports;
    struct counter counters[3];
};

static uint64_t ticks_to_ns(uint64_t ticks)
{
    return (ticks * NS_PER_S + PIT_HERTZ - 1) / PIT_HERTZ;
}

static bool is_periodic(const struct counter *counter)
{
    return counter->mode == 2 || counter->mode == 3;
}

static void pit_fire(struct machine *machine, struct timed *timed)
{
    struct pit *pit = (struct pit *)timed;
    struct counter *counter = &pit->counters[0];
    pic_raise(machine, PIT_LINE);
    if (is_periodic(counter)) {
        timeline_set(machine, timed, timed->time + ticks_to_ns(counter->reload));
    }
}

static void counter_load(struct machine *machine, struct pit *pit, uint32_t index, uint32_t value)
{
    struct counter *counter = &pit->counters[index];
    counter->reload = value == 0 ? 65536 : value;
    counter->since = timeline_now(machine);
    if (index == 0) {
        timeline_set(machine, &pit->timed, counter->since + ticks_to_ns(counter->reload));
    }
}

static uint32_t counter_value(struct machine *machine, const struct counter *counter)
{
    uint64_t passed = (timeline_now(machine) - counter->since) / 1000 * PIT_HERTZ / 1000000;
    uint64_t left = counter->reload - passed % counter->reload;
    return (uint32_t)(passed >= counter->reload && !is_periodic(counter) ? 0 : left) & 0xffff;
}

static void command(struct machine *machine, struct pit *pit, uint32_t value)
{
    uint32_t index = value >> 6;
    if (index == 3) {
        return;
    }
    struct counter *counter = &pit->counters[index];
    if (((value >> 4) & 3) == ACCESS_LATCH) {
        counter->latch = counter_value(machine, counter);
        counter->latched = true;
        return;
    }
    counter->access = (value >> 4) & 3;
    counter->mode = (value >> 1) & 7;
    counter->mode = counter->mode > 5 ? counter->mode - 4 : counter->mode;
    counter->second_write = counter->second_read = counter->latched = false;
    if (index == 0) {
        timeline_cancel(machine, &pit->timed);
    }
}

static void pit_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                    uint32_t value)
{
    (void)width;
    struct pit *pit = device;
    if (offset == 3) {
        command(machine, pit, value);
        return;
    }
    struct counter *counter = &pit->counters[offset];
    if (counter->access == ACCESS_BOTH && !counter->second_write) {
        counter->written_low = value;
        counter->second_write = true;
        return;
    }
    uint32_t high = counter->access == ACCESS_LOW ? 0 : value << 8;
    uint32_t low = counter->access == ACCESS_BOTH ? counter->written_low : value;
    counter->second_write = false;
    counter_load(machine, pit, offset, counter->access == ACCESS_HIGH ? high : high | low);
}

static uint32_t pit_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)width;
    struct pit *pit = device;
    if (offset == 3) {
        return 0xff;
    }
    struct counter *counter = &pit->counters[offset];
    uint32_t value = counter->latched ? counter->latch : counter_value(machine, counter);
    bool high = counter->access == ACCESS_HIGH || counter->second_read;
    bool more = counter->access == ACCESS_BOTH && !counter->second_read;
    counter->second_read = more;
    counter->latched = counter->latched && more;
    return high ? value >> 8 : value & 0xff;
}

struct pit *pit_create(struct machine *machine)
{
    struct pit *pit = calloc(1, sizeof *pit);
    if (pit == NULL) {
        return NULL;
    }
    pit->timed.fire = pit_fire;
    for (uint32_t i = 0; i < 3; i++) {
        pit->counters[i].access = ACCESS_BOTH;
        pit->counters[i].reload = 65536;
    }
    pit->ports = (struct bus_range){
        .first = PIT_PORT, .count = 4, .device = pit, .in = pit_in, .out = pit_out};
    bus_attach(machine, &pit->ports);
    return pit;
}

void pit_destroy(struct pit *pit)
{
    free(pit);
}
