/* SPDX-License-Identifier: MIT */
/* The clock chip. */

#include <terrarium.h>

#include "calendar.h"
#include "chip.h"

#define FIRST_PORT 0x70 /* the index; the data is behind the next one */
#define PORTS      2

enum chip_register {
    SECOND = 0,
    SECOND_ALARM,
    MINUTE,
    MINUTE_ALARM,
    HOUR,
    HOUR_ALARM,
    WEEKDAY,
    DAY,
    MONTH,
    YEAR,
    STATUS_A,
    STATUS_B,
    STATUS_C,
    STATUS_D,
    CENTURY = 0x32 /* where a PC keeps it */
};

#define A_UPDATING   0x80
#define A_NORMAL     0x26 /* 32768 Hz crystal, periodic rate 1024 Hz */
#define B_SET        0x80 /* the time stands still */
#define B_INTERRUPTS 0x70
#define B_BINARY     0x04
#define B_24_HOURS   0x02
#define C_ANY        0x80
#define D_VALID      0x80
#define HOUR_PM      0x80
#define UNKNOWN      0xffff /* no part of a date */

static uint8_t get(uint32_t index)
{
    tr_port_out(FIRST_PORT, 1, index);
    return (uint8_t)tr_port_in(FIRST_PORT + 1, 1);
}

static void put(uint32_t index, uint32_t value)
{
    tr_port_out(FIRST_PORT, 1, index);
    tr_port_out(FIRST_PORT + 1, 1, value & 0xff);
}

bool chip_open(int64_t *error)
{
    *error = tr_port_claim(FIRST_PORT, PORTS);
    if (*error < 0) {
        return false;
    }
    /* Ports without a chip read as ones; the lower bits of this register are always 0. */
    if ((get(STATUS_D) & ~D_VALID) == 0) {
        return true;
    }
    tr_port_release(FIRST_PORT, PORTS);
    return false;
}

/* ---- The form of the registers -----------------------------------------------------------------
 * The driver's own is two decimal digits and 24 hours, as firmware leaves it. */

static uint32_t digits_read(uint32_t value)
{
    return value >> 4 < 10 && (value & 15) < 10 ? (value >> 4) * 10 + (value & 15) : UNKNOWN;
}

static uint32_t digits_write(uint32_t value)
{
    return value < 100 ? (value / 10 << 4) + value % 10 : UNKNOWN;
}

static uint32_t number_of(uint32_t form, uint32_t value)
{
    return (form & B_BINARY) != 0 ? value : digits_read(value);
}

static uint32_t hour_of(uint32_t form, uint32_t value)
{
    if ((form & B_24_HOURS) != 0) {
        return number_of(form, value);
    }
    uint32_t hour = number_of(form, value & ~(uint32_t)HOUR_PM);
    if (hour < 1 || hour > 12) {
        return UNKNOWN;
    }
    return hour % 12 + ((value & HOUR_PM) != 0 ? 12 : 0);
}

/* It is a byte of memory for most chips, and digits whatever the form; some think otherwise. */
static uint32_t century_of(uint32_t form, uint32_t value)
{
    bool is_binary = (form & B_BINARY) != 0 && (value == 19 || value == 20);

    return is_binary ? value : digits_read(value);
}

/* Another has left the chip in another form: the date is brought into the driver's own. The time
 * stands still meanwhile; what was no date is none afterwards. */
static void form_change(uint32_t form)
{
    static const uint8_t numbers[] = {SECOND, MINUTE, DAY, MONTH, YEAR};

    put(STATUS_B, B_SET | form);
    for (uint32_t i = 0; i < sizeof numbers; i++) {
        put(numbers[i], digits_write(number_of(form, get(numbers[i]))));
    }
    put(HOUR, digits_write(hour_of(form, get(HOUR))));
    put(CENTURY, digits_write(century_of(form, get(CENTURY))));
    put(STATUS_B, B_SET | B_24_HOURS);
}

/* False: a chip that counts on from this would come to a date that looks like one. The century does
 * not matter: what is beyond the driver's years goes on. */
static bool may_count(void)
{
    struct tr_clock_time time;

    chip_read(&time);
    time.year = time.year < 10000 ? 2000 + time.year % 100 : 0;
    return calendar_is_valid(&time);
}

void chip_initialise(void)
{
    uint32_t form = get(STATUS_B) & (B_BINARY | B_24_HOURS);

    put(STATUS_A, A_NORMAL);
    if (form != B_24_HOURS) {
        form_change(form);
    }
    put(STATUS_B, !chip_is_steady() || may_count() ? B_24_HOURS : B_24_HOURS | B_SET);
    chip_causes();
}

void chip_enable(uint32_t causes)
{
    put(STATUS_B, (get(STATUS_B) & ~(uint32_t)B_INTERRUPTS) | causes);
}

uint32_t chip_causes(void)
{
    uint32_t causes = get(STATUS_C);

    return (causes & C_ANY) != 0 ? causes & get(STATUS_B) & B_INTERRUPTS : 0;
}

bool chip_is_steady(void)
{
    return (get(STATUS_A) & A_UPDATING) == 0;
}

bool chip_is_valid(void)
{
    return (get(STATUS_D) & D_VALID) != 0;
}

void chip_read(struct tr_clock_time *time)
{
    time->second = digits_read(get(SECOND));
    time->minute = digits_read(get(MINUTE));
    time->hour = digits_read(get(HOUR));
    time->day = digits_read(get(DAY));
    time->month = digits_read(get(MONTH));
    time->year = digits_read(get(CENTURY)) * 100 + digits_read(get(YEAR));
}

void chip_write(const struct tr_clock_time *time, uint32_t weekday)
{
    uint32_t mode = get(STATUS_B) & ~(uint32_t)B_SET;

    put(STATUS_B, mode | B_SET);
    put(SECOND, digits_write(time->second));
    put(MINUTE, digits_write(time->minute));
    put(HOUR, digits_write(time->hour));
    put(WEEKDAY, weekday + 1);
    put(DAY, digits_write(time->day));
    put(MONTH, digits_write(time->month));
    put(YEAR, digits_write(time->year % 100));
    put(CENTURY, digits_write(time->year / 100));
    put(STATUS_B, mode);
}

void chip_alarm(uint32_t hour, uint32_t minute, uint32_t second)
{
    put(HOUR_ALARM, digits_write(hour));
    put(MINUTE_ALARM, digits_write(minute));
    put(SECOND_ALARM, digits_write(second));
}

uint8_t chip_memory(uint32_t index)
{
    return get(index);
}
