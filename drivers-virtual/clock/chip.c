/* SPDX-License-Identifier: MIT */
/* The clock chip. */

#include <terrarium.h>

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

void chip_initialise(void)
{
    uint8_t form = get(STATUS_B) & B_BINARY;

    put(STATUS_A, A_NORMAL);
    put(STATUS_B, form | B_24_HOURS);
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

/* Numbers are binary or two decimal digits, as the chip is set. */
static uint32_t number_read(uint32_t value)
{
    return (get(STATUS_B) & B_BINARY) != 0 ? value : (value >> 4) * 10 + (value & 15);
}

static uint32_t number_write(uint32_t value)
{
    return (get(STATUS_B) & B_BINARY) != 0 ? value : (value / 10 << 4) + value % 10;
}

static uint32_t hour_read(uint8_t value)
{
    if ((get(STATUS_B) & B_24_HOURS) != 0) {
        return number_read(value);
    }
    uint32_t hour = number_read(value & ~(uint32_t)HOUR_PM) % 12;
    return (value & HOUR_PM) != 0 ? hour + 12 : hour;
}

void chip_read(struct tr_clock_time *time)
{
    uint32_t century = number_read(get(CENTURY));

    time->second = number_read(get(SECOND));
    time->minute = number_read(get(MINUTE));
    time->hour = hour_read(get(HOUR));
    time->day = number_read(get(DAY));
    time->month = number_read(get(MONTH));
    time->year = number_read(get(YEAR));
    if (century != 19 && century != 20) {
        century = time->year < 70 ? 20 : 19;
    }
    time->year += century * 100;
}

void chip_write(const struct tr_clock_time *time, uint32_t weekday)
{
    uint8_t mode = get(STATUS_B) | B_24_HOURS;

    put(STATUS_B, mode | B_SET);
    put(SECOND, number_write(time->second));
    put(MINUTE, number_write(time->minute));
    put(HOUR, number_write(time->hour));
    put(WEEKDAY, weekday + 1);
    put(DAY, number_write(time->day));
    put(MONTH, number_write(time->month));
    put(YEAR, number_write(time->year % 100));
    put(CENTURY, number_write(time->year / 100));
    put(STATUS_B, mode & ~(uint32_t)B_SET);
}

void chip_alarm(uint32_t hour, uint32_t minute, uint32_t second)
{
    put(HOUR_ALARM, number_write(hour));
    put(MINUTE_ALARM, number_write(minute));
    put(SECOND_ALARM, number_write(second));
}

uint8_t chip_memory(uint32_t index)
{
    return get(index);
}
