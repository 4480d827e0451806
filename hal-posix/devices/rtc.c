/* SPDX-License-Identifier: MIT */
/* The clock chip (Motorola data sheet MC146818). The time registers are brought up to date when
 * somebody looks; only an enabled interrupt to come is an event of the timeline.
 *
 * SIM: the square-wave output and daylight saving are left out; registers that are read during an
 * update are what they were before it, where the chip gives anything. */

#include "rtc.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "calendar.h"
#include "hal-posix/board.h"
#include "pic.h"

#define RTC_PORT 0x70
#define RTC_LINE 8
#define NS_PER_S UINT64_C(1000000000)
#define CRYSTAL  UINT64_C(32768)
#define UPDATE_NS                                                                                  \
    UINT64_C(2228000) /* from the rise of "update in progress" to the update's end                 \
                       */

enum { SECOND, SECOND_ALARM, MINUTE, MINUTE_ALARM, HOUR, HOUR_ALARM, WEEKDAY, DAY, MONTH, YEAR };
enum { REG_A = 10, REG_B, REG_C, REG_D, CENTURY = 0x32, MEMORY_SIZE = 128 };
enum { A_UPDATING = 0x80, A_DIVIDER = 0x70, A_RUNNING = 0x20, A_RATE = 15 };
enum { B_SET = 0x80, B_BINARY = 4, B_24_HOURS = 2, B_SQUARE_WAVE = 8 };
enum { ASKS = 0x80, PERIODIC = 0x40, ALARM = 0x20, UPDATED = 0x10, CAUSES = 0x70 };
enum { D_VALID = 0x80, AFTERNOON = 0x80, ANY = 0xc0 };

struct rtc {
    struct timed timed; /* first: fire gets it */
    struct bus_range ports;
    uint8_t memory[MEMORY_SIZE];
    uint32_t index;
    uint64_t base;    /* when the divider chain began, maybe before 0 (modulo 2^64): seconds and
                         periods end relative to it */
    uint64_t seconds; /* ends of seconds since then that are in the registers */
    uint64_t checked; /* until when causes were looked for */
};

/* ---- Registers and dates -------------------------------------------------------------------- */

static uint32_t decode(const struct rtc *rtc, uint32_t value)
{
    bool is_binary = (rtc->memory[REG_B] & B_BINARY) != 0;
    return is_binary ? value : (value >> 4) * 10 + (value & 15);
}

static uint8_t encode(const struct rtc *rtc, uint32_t value)
{
    bool is_binary = (rtc->memory[REG_B] & B_BINARY) != 0;
    return (uint8_t)(is_binary ? value : value / 10 << 4 | value % 10);
}

static uint32_t decode_hour(const struct rtc *rtc)
{
    uint32_t value = rtc->memory[HOUR];
    if ((rtc->memory[REG_B] & B_24_HOURS) != 0) {
        return decode(rtc, value);
    }
    return decode(rtc, value & 0x7f) % 12 + ((value & AFTERNOON) != 0 ? 12 : 0);
}

static uint8_t encode_hour(const struct rtc *rtc, uint32_t hour)
{
    if ((rtc->memory[REG_B] & B_24_HOURS) != 0) {
        return encode(rtc, hour);
    }
    uint8_t half = encode(rtc, hour % 12 == 0 ? 12 : hour % 12);
    return (uint8_t)(half | (hour >= 12 ? AFTERNOON : 0));
}

static uint64_t date_get(const struct rtc *rtc)
{
    const uint8_t *memory = rtc->memory;
    uint32_t century = (memory[CENTURY] >> 4) * 10U + (memory[CENTURY] & 15);
    const struct calendar date = {.year = century * 100 + decode(rtc, memory[YEAR]),
                                  .month = decode(rtc, memory[MONTH]),
                                  .day = decode(rtc, memory[DAY]),
                                  .hour = decode_hour(rtc),
                                  .minute = decode(rtc, memory[MINUTE]),
                                  .second = decode(rtc, memory[SECOND])};
    return calendar_seconds(&date);
}

/* The weekday is counted on, not computed: a system may have it wrong on purpose. */
static void date_set(struct rtc *rtc, uint64_t seconds, uint64_t days_later)
{
    struct calendar date = calendar_date(seconds);
    uint32_t weekday = decode(rtc, rtc->memory[WEEKDAY]);
    uint8_t *memory = rtc->memory;
    memory[SECOND] = encode(rtc, date.second);
    memory[MINUTE] = encode(rtc, date.minute);
    memory[HOUR] = encode_hour(rtc, date.hour);
    memory[WEEKDAY] = encode(rtc, (uint32_t)((weekday + 6 + days_later) % 7 + 1));
    memory[DAY] = encode(rtc, date.day);
    memory[MONTH] = encode(rtc, date.month);
    memory[YEAR] = encode(rtc, date.year % 100);
    memory[CENTURY] = (uint8_t)(date.year / 1000 << 4 | date.year / 100 % 10);
}

/* ---- Causes --------------------------------------------------------------------------------- */

static bool divider_runs(const struct rtc *rtc)
{
    return (rtc->memory[REG_A] & A_DIVIDER) == A_RUNNING;
}

static bool clock_runs(const struct rtc *rtc)
{
    return divider_runs(rtc) && (rtc->memory[REG_B] & B_SET) == 0;
}

/* In crystal ticks; 0: none. */
static uint64_t period(const struct rtc *rtc)
{
    uint32_t rate = rtc->memory[REG_A] & A_RATE;
    if (rate == 0 || !divider_runs(rtc)) {
        return 0;
    }
    return UINT64_C(1) << (rate < 3 ? rate + 6 : rate - 1);
}

static uint64_t crystal(const struct rtc *rtc, uint64_t time)
{
    uint64_t passed = time - rtc->base;
    return passed / NS_PER_S * CRYSTAL + passed % NS_PER_S * CRYSTAL / NS_PER_S;
}

static uint64_t time_of(const struct rtc *rtc, uint64_t ticks)
{
    return rtc->base + ticks / CRYSTAL * NS_PER_S +
           (ticks % CRYSTAL * NS_PER_S + CRYSTAL - 1) / CRYSTAL;
}

/* Raw registers, as the chip compares them. */
static bool alarm_matches(const struct rtc *rtc, const uint8_t now[3])
{
    for (uint32_t i = 0; i < 3; i++) {
        uint8_t alarm = rtc->memory[SECOND_ALARM + 2 * i];
        if ((alarm & ANY) != ANY && alarm != now[i]) {
            return false;
        }
    }
    return true;
}

/* The first of the seconds 1 to `most` after this date that the alarm is set for; 0: none. */
static uint64_t alarm_within(const struct rtc *rtc, uint64_t date, uint64_t most)
{
    most = most > 86400 ? 86400 : most;
    for (uint64_t i = 1; i <= most; i++) {
        uint32_t second = (uint32_t)((date + i) % 86400);
        const uint8_t now[3] = {encode(rtc, second % 60), encode(rtc, second / 60 % 60),
                                encode_hour(rtc, second / 3600)};
        if (alarm_matches(rtc, now)) {
            return i;
        }
    }
    return 0;
}

/* Brings date and causes up to a time. */
static void catch_up(struct rtc *rtc, uint64_t now)
{
    uint64_t seconds = divider_runs(rtc) ? (now - rtc->base) / NS_PER_S : rtc->seconds;
    uint64_t passed = seconds - rtc->seconds, length = period(rtc);
    if (length != 0 && crystal(rtc, now) / length != crystal(rtc, rtc->checked) / length) {
        rtc->memory[REG_C] |= PERIODIC;
    }
    if (passed != 0 && clock_runs(rtc)) {
        uint64_t date = date_get(rtc);
        rtc->memory[REG_C] |= alarm_within(rtc, date, passed) != 0 ? UPDATED | ALARM : UPDATED;
        date_set(rtc, date + passed, (date + passed) / 86400 - date / 86400);
    }
    rtc->seconds = seconds;
    rtc->checked = now;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* When the next enabled cause comes. */
static uint64_t next_cause(const struct rtc *rtc, uint64_t now)
{
    uint64_t length = period(rtc), next = UINT64_MAX;
    uint32_t enabled = rtc->memory[REG_B] & CAUSES;
    if ((enabled & PERIODIC) != 0 && length != 0) {
        next = time_of(rtc, (crystal(rtc, now) / length + 1) * length);
    }
    if ((enabled & UPDATED) != 0 && clock_runs(rtc)) {
        next = earlier(next, rtc->base + (rtc->seconds + 1) * NS_PER_S);
    }
    if ((enabled & ALARM) != 0 && clock_runs(rtc)) {
        uint64_t second = alarm_within(rtc, date_get(rtc), 86400);
        uint64_t time = rtc->base + (rtc->seconds + second) * NS_PER_S;
        next = second == 0 ? next : earlier(next, time);
    }
    return next;
}

/* The interrupt output is high from a cause until register C is read. */
static void update(struct machine *machine, struct rtc *rtc)
{
    uint8_t *causes = &rtc->memory[REG_C];
    bool asks = (*causes & rtc->memory[REG_B] & CAUSES) != 0;
    *causes = (uint8_t)(asks ? *causes | ASKS : *causes & ~ASKS);
    line_set(machine, RTC_LINE, asks);
    uint64_t next = asks ? UINT64_MAX : next_cause(rtc, rtc->checked);
    if (next == UINT64_MAX) {
        timeline_cancel(machine, &rtc->timed);
    } else {
        timeline_set(machine, &rtc->timed, next);
    }
}

static void rtc_fire(struct machine *machine, struct timed *timed)
{
    struct rtc *rtc = (struct rtc *)timed;
    catch_up(rtc, timed->time);
    update(machine, rtc);
}

/* ---- Ports ---------------------------------------------------------------------------------- */

static bool is_updating(const struct rtc *rtc, uint64_t now)
{
    return clock_runs(rtc) && (now - rtc->base) % NS_PER_S >= NS_PER_S - UPDATE_NS;
}

static uint32_t rtc_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)width;
    struct rtc *rtc = device;
    uint64_t now = timeline_now(machine);
    if (offset == 0) {
        return 0xff;
    }
    catch_up(rtc, now);
    uint32_t value = rtc->memory[rtc->index];
    if (rtc->index == REG_A) {
        value |= is_updating(rtc, now) ? A_UPDATING : 0;
    } else if (rtc->index == REG_C) {
        update(machine, rtc);
        value = rtc->memory[REG_C];
        rtc->memory[REG_C] = 0;
    }
    update(machine, rtc);
    return value;
}

/* A divider that is let go counts its first second from the half. */
static void write_a(struct rtc *rtc, uint64_t now, uint32_t value)
{
    bool ran = divider_runs(rtc);
    rtc->memory[REG_A] = value & 0x7f;
    if (!ran && divider_runs(rtc)) {
        rtc->base = now - NS_PER_S / 2;
        rtc->seconds = 0;
    }
}

static void write_register(struct rtc *rtc, uint64_t now, uint32_t value)
{
    switch (rtc->index) {
    case REG_A:
        write_a(rtc, now, value);
        break;
    case REG_B:
        rtc->memory[REG_B] = (uint8_t)((value & B_SET) != 0 ? value & ~(uint32_t)UPDATED : value);
        break;
    case REG_C:
    case REG_D:
        break;
    default:
        rtc->memory[rtc->index] = (uint8_t)value;
        break;
    }
}

static void rtc_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                    uint32_t value)
{
    (void)width;
    struct rtc *rtc = device;
    if (offset == 0) {
        rtc->index = value & 0x7f;
        return;
    }
    catch_up(rtc, timeline_now(machine));
    write_register(rtc, timeline_now(machine), value);
    update(machine, rtc);
}

/* ---- Power-on ------------------------------------------------------------------------------- */

static void put_word(struct rtc *rtc, uint32_t index, uint64_t value)
{
    value = value > 0xffff ? 0xffff : value;
    rtc->memory[index] = (uint8_t)value;
    rtc->memory[index + 1] = (uint8_t)(value >> 8);
}

/* What the firmware of a PC writes there: memory and floppy drives. */
static void firmware(struct machine *machine, struct rtc *rtc)
{
    uint64_t kib = machine->frames * (PAGE / 1024), floppies = machine->hardware.floppy_drives;
    uint8_t *memory = rtc->memory;
    memory[0x10] = (uint8_t)((floppies > 0 ? 0x40 : 0) | (floppies > 1 ? 0x04 : 0));
    memory[0x14] = (uint8_t)(0x06 | (floppies > 0 ? 1 | (floppies - 1) << 6 : 0));
    put_word(rtc, 0x15, 640);
    put_word(rtc, 0x17, kib - 1024);
    put_word(rtc, 0x30, kib - 1024);
    put_word(rtc, 0x34, kib > 16384 ? (kib - 16384) / 64 : 0);
    uint32_t sum = 0;
    for (uint32_t i = 0x10; i < 0x2e; i++) {
        sum += memory[i];
    }
    memory[0x2e] = (uint8_t)(sum >> 8);
    memory[0x2f] = (uint8_t)sum;
}

static uint64_t start_date(const struct machine *machine)
{
    if (machine->hardware.date != 0) {
        return machine->hardware.date;
    }
    bool is_host = machine->config.clock == POSIX_CLOCK_HOST;
    return is_host ? (uint64_t)time(NULL) - machine->hardware.elapsed / NS_PER_S
                   : POSIX_DATE_DEFAULT;
}

/* A clock that nobody has seen before. */
static void begin(struct machine *machine, struct rtc *rtc)
{
    uint64_t elapsed = machine->hardware.elapsed, date = start_date(machine) + elapsed / NS_PER_S;
    rtc->memory[REG_A] = A_RUNNING | 6;
    rtc->memory[REG_B] = B_24_HOURS;
    rtc->memory[REG_D] = D_VALID;
    rtc->base = rtc->checked - elapsed % NS_PER_S;
    date_set(rtc, date, 0);
    rtc->memory[WEEKDAY] = (uint8_t)calendar_date(date).weekday;
}

/* The reset line clears interrupts and what enables them; the rest is behind the battery. */
static void go_on(struct rtc *rtc, const struct board_battery *battery)
{
    memcpy(rtc->memory, battery->memory, sizeof rtc->memory);
    rtc->memory[REG_B] &= (uint8_t) ~(CAUSES | B_SQUARE_WAVE);
    rtc->memory[REG_C] = 0;
    rtc->base = rtc->checked - battery->passed;
    rtc->seconds = battery->seconds;
}

struct rtc *rtc_create(struct machine *machine)
{
    struct rtc *rtc = calloc(1, sizeof *rtc);
    if (rtc == NULL) {
        return NULL;
    }
    rtc->timed.fire = rtc_fire;
    rtc->checked = timeline_now(machine);
    if (machine->board->battery.is_set) {
        go_on(rtc, &machine->board->battery);
    } else {
        begin(machine, rtc);
    }
    firmware(machine, rtc);
    rtc->ports = (struct bus_range){
        .first = RTC_PORT, .count = 2, .device = rtc, .in = rtc_in, .out = rtc_out};
    bus_attach(machine, &rtc->ports);
    return rtc;
}

void rtc_destroy(struct machine *machine, struct rtc *rtc)
{
    if (rtc == NULL) {
        return;
    }
    uint64_t now = timeline_now(machine);
    struct board_battery *battery = &machine->board->battery;
    catch_up(rtc, now);
    *battery =
        (struct board_battery){.is_set = true, .passed = now - rtc->base, .seconds = rtc->seconds};
    memcpy(battery->memory, rtc->memory, sizeof rtc->memory);
    free(rtc);
}
