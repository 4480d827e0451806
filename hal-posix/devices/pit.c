/* SPDX-License-Identifier: MIT */
/* The interval timer on the board.
 *
 * SIM: counting is arithmetic on the machine's time, not a process; only counter 0's next rising
 * output is an event of the timeline. The non-maskable interrupts of port 0x61 are left out. */

#include "pit.h"

#include <stdlib.h>

#include "i8254.h"
#include "pic.h"

#define PIT_PORT     0x40
#define SPEAKER_PORT 0x61
#define PIT_LINE     0
#define NS_PER_S     UINT64_C(1000000000)
#define REFRESH      18

enum { SPEAKER_GATE = 1, SPEAKER_ON = 2, SPEAKER_WRITABLE = 15, REFRESHED = 0x10, OUTPUT_2 = 0x20 };

struct pit {
    struct timed timed; /* first: fire gets it */
    struct bus_range ports, speaker_port;
    struct i8254 counters[3];
    uint32_t speaker;
};

static uint64_t tick_of(uint64_t ns)
{
    return ns / NS_PER_S * PIT_HERTZ + ns % NS_PER_S * PIT_HERTZ / NS_PER_S;
}

static uint64_t ns_of(uint64_t tick)
{
    return tick / PIT_HERTZ * NS_PER_S + (tick % PIT_HERTZ * NS_PER_S + PIT_HERTZ - 1) / PIT_HERTZ;
}

static uint64_t now(struct machine *machine)
{
    return tick_of(timeline_now(machine));
}

/* Queues counter 0's next rise behind `tick`. */
static void expect_rise(struct machine *machine, struct pit *pit, uint64_t tick)
{
    uint64_t rise = i8254_next_rise(&pit->counters[0], tick);
    if (rise == UINT64_MAX) {
        timeline_cancel(machine, &pit->timed);
    } else {
        timeline_set(machine, &pit->timed, ns_of(rise));
    }
}

static void pit_fire(struct machine *machine, struct timed *timed)
{
    struct pit *pit = (struct pit *)timed;
    pic_raise(machine, PIT_LINE);
    expect_rise(machine, pit, tick_of(timed->time));
}

static void read_back(struct pit *pit, uint64_t tick, uint32_t word)
{
    for (uint32_t i = 0; i < 3; i++) {
        if ((word >> (i + 1) & 1) == 0) {
            continue;
        }
        if ((word & 0x20) == 0) {
            i8254_latch_count(&pit->counters[i], tick);
        }
        if ((word & 0x10) == 0) {
            i8254_latch_status(&pit->counters[i], tick);
        }
    }
}

static void control(struct pit *pit, uint64_t tick, uint32_t word)
{
    uint32_t index = word >> 6;
    if (index == 3) {
        read_back(pit, tick, word);
    } else if ((word >> 4 & 3) == I8254_LATCH) {
        i8254_latch_count(&pit->counters[index], tick);
    } else {
        i8254_control(&pit->counters[index], tick, word);
    }
}

static void pit_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                    uint32_t value)
{
    (void)width;
    struct pit *pit = device;
    uint64_t tick = now(machine);
    bool before = i8254_output(&pit->counters[0], tick);
    if (offset == 3) {
        control(pit, tick, value);
    } else {
        i8254_write(&pit->counters[offset], tick, value);
    }
    if (!before && i8254_output(&pit->counters[0], tick)) {
        pic_raise(machine, PIT_LINE);
    }
    /* A count that is written now is loaded at the next tick. */
    expect_rise(machine, pit, tick + 1);
}

static uint32_t pit_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)width;
    struct pit *pit = device;
    return offset == 3 ? 0xff : i8254_read(&pit->counters[offset], now(machine));
}

static uint32_t speaker_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)offset, (void)width;
    struct pit *pit = device;
    uint64_t tick = now(machine);
    return pit->speaker | ((tick / REFRESH & 1) != 0 ? REFRESHED : 0U) |
           (i8254_output(&pit->counters[2], tick) ? OUTPUT_2 : 0U);
}

static void speaker_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                        uint32_t value)
{
    (void)offset, (void)width;
    struct pit *pit = device;
    pit->speaker = value & SPEAKER_WRITABLE;
    i8254_gate(&pit->counters[2], now(machine), (value & SPEAKER_GATE) != 0);
}

uint64_t pit_speaker(const struct machine *machine)
{
    const struct pit *pit = machine->pit;
    const struct i8254 *counter = &pit->counters[2];
    bool sounds = (pit->speaker & (SPEAKER_GATE | SPEAKER_ON)) == (SPEAKER_GATE | SPEAKER_ON) &&
                  counter->mode == 3 && (counter->is_loaded || counter->has_next);
    uint32_t count = counter->has_next ? counter->next : counter->count;
    return sounds && count > 1 ? PIT_HERTZ * 1000 / count : 0;
}

struct pit *pit_create(struct machine *machine)
{
    struct pit *pit = calloc(1, sizeof *pit);
    if (pit == NULL) {
        return NULL;
    }
    pit->timed.fire = pit_fire;
    pit->counters[0].gate = pit->counters[1].gate = true;
    for (uint32_t i = 0; i < 3; i++) {
        i8254_control(&pit->counters[i], 0, I8254_BOTH << 4 | 3 << 1);
    }
    i8254_control(&pit->counters[1], 0, I8254_LOW << 4 | 2 << 1);
    i8254_write(&pit->counters[1], 0, REFRESH);
    pit->ports = (struct bus_range){
        .first = PIT_PORT, .count = 4, .device = pit, .in = pit_in, .out = pit_out};
    pit->speaker_port = (struct bus_range){
        .first = SPEAKER_PORT, .count = 1, .device = pit, .in = speaker_in, .out = speaker_out};
    bus_attach(machine, &pit->ports);
    bus_attach(machine, &pit->speaker_port);
    return pit;
}

void pit_destroy(struct pit *pit)
{
    free(pit);
}
