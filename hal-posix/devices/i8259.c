/* SPDX-License-Identifier: MIT */
/* The 8259A: initialisation words, operation words, and who is served first. */

#include "i8259.h"

enum { ICW1 = 0x10, ICW1_NEEDS_ICW4 = 1, ICW1_SINGLE = 2, ICW1_LEVELS = 8 };
enum { ICW4_AUTOMATIC = 2, ICW4_FULLY_NESTED = 0x10 };
enum { OCW3 = 8, OCW3_POLL = 4, OCW3_READ = 2, OCW3_SET_SPECIAL = 0x40 };
enum {
    EOI_NONE = 0,
    EOI_ANY,
    EOI_NOTHING,
    EOI_LEVEL,
    EOI_ROTATE_AUTO,
    EOI_ROTATE_ANY,
    EOI_SET_PRIORITY,
    EOI_ROTATE_LEVEL
};

static uint8_t bit(uint32_t level)
{
    return (uint8_t)(1U << level);
}

/* The level of highest priority among these, -1: none. */
static int highest(const struct i8259 *chip, uint8_t levels)
{
    for (uint32_t i = 1; i <= 8; i++) {
        uint32_t level = (chip->lowest + i) % 8;
        if ((levels & bit(level)) != 0) {
            return (int)level;
        }
    }
    return -1;
}

/* 0: the highest. */
static uint32_t priority(const struct i8259 *chip, int level)
{
    return ((uint32_t)level + 7 - chip->lowest) % 8;
}

uint8_t i8259_requests(const struct i8259 *chip)
{
    uint8_t by_level = (chip->icw1 & ICW1_LEVELS) != 0 ? 0xff : chip->triggers | chip->slaves;
    return chip->latch | chip->stuck | (chip->level & by_level);
}

int i8259_pending(const struct i8259 *chip)
{
    int level = highest(chip, i8259_requests(chip) & (uint8_t)~chip->mask &
                                  (uint8_t) ~(chip->is_special ? chip->service : 0));
    uint8_t inhibits = chip->service & (uint8_t) ~(chip->is_special ? chip->mask : 0);
    if ((chip->icw4 & ICW4_FULLY_NESTED) != 0) {
        inhibits &= (uint8_t)~chip->slaves;
    }
    int served = highest(chip, inhibits);
    bool waits = level >= 0 && served >= 0 && priority(chip, level) >= priority(chip, served);
    return waits ? -1 : level;
}

bool i8259_output(const struct i8259 *chip)
{
    return chip->step == I8259_READY && (chip->glitched || i8259_pending(chip) >= 0);
}

uint32_t i8259_acknowledge(struct i8259 *chip)
{
    int level = i8259_pending(chip);
    chip->glitched = false;
    if (level < 0) {
        return 7;
    }
    chip->latch &= (uint8_t)~bit((uint32_t)level);
    if ((chip->icw4 & ICW4_AUTOMATIC) == 0) {
        chip->service |= bit((uint32_t)level);
    } else if (chip->rotates) {
        chip->lowest = (uint8_t)level;
    }
    return (uint32_t)level;
}

void i8259_input(struct i8259 *chip, uint32_t level, bool high)
{
    bool rises = high && (chip->level & bit(level)) == 0;
    uint8_t by_level = (chip->icw1 & ICW1_LEVELS) != 0 ? 0xff : chip->triggers | chip->slaves;
    chip->level = (uint8_t)(high ? chip->level | bit(level) : chip->level & ~bit(level));
    if (rises && (by_level & bit(level)) == 0) {
        chip->latch |= bit(level);
    }
}

void i8259_reset(struct i8259 *chip)
{
    *chip = (struct i8259){.level = chip->level,
                           .triggers = chip->triggers,
                           .stuck = chip->stuck,
                           .slaves = chip->slaves,
                           .lowest = 7};
}

static void initialise(struct i8259 *chip, uint8_t value)
{
    i8259_reset(chip);
    chip->icw1 = value;
    chip->step = I8259_ICW2;
}

static void end_of_interrupt(struct i8259 *chip, uint8_t value)
{
    int level = value & 7;
    uint32_t what = value >> 5;
    switch (what) {
    case EOI_NONE:
    case EOI_ROTATE_AUTO:
        chip->rotates = what == EOI_ROTATE_AUTO;
        return;
    case EOI_NOTHING:
        return;
    case EOI_SET_PRIORITY:
        chip->lowest = (uint8_t)level;
        return;
    case EOI_ANY:
    case EOI_ROTATE_ANY:
        level = highest(chip, chip->service & (uint8_t) ~(chip->is_special ? chip->mask : 0));
        break;
    default:
        break;
    }
    if (level >= 0) {
        chip->service &= (uint8_t)~bit((uint32_t)level);
        if (what == EOI_ROTATE_ANY || what == EOI_ROTATE_LEVEL) {
            chip->lowest = (uint8_t)level;
        }
    }
}

static void operate(struct i8259 *chip, uint8_t value)
{
    if ((value & OCW3_SET_SPECIAL) != 0) {
        chip->is_special = (value & 0x20) != 0;
    }
    chip->polls = (value & OCW3_POLL) != 0;
    if ((value & OCW3_READ) != 0) {
        chip->reads_service = (value & 1) != 0;
    }
}

static void write_data(struct i8259 *chip, uint8_t value)
{
    bool needs_icw4 = (chip->icw1 & ICW1_NEEDS_ICW4) != 0;
    enum i8259_step last = needs_icw4 ? I8259_ICW4 : I8259_READY;
    switch (chip->step) {
    case I8259_READY:
        chip->mask = value;
        break;
    case I8259_ICW2:
        chip->base = value & 0xf8;
        chip->step = (chip->icw1 & ICW1_SINGLE) != 0 ? last : I8259_ICW3;
        break;
    case I8259_ICW3:
        chip->cascade = value;
        chip->step = last;
        break;
    case I8259_ICW4:
        chip->icw4 = value;
        chip->step = I8259_READY;
        break;
    }
}

void i8259_write(struct i8259 *chip, uint32_t port, uint8_t value)
{
    if (port == 1) {
        write_data(chip, value);
    } else if ((value & ICW1) != 0) {
        initialise(chip, value);
    } else if ((value & OCW3) != 0) {
        operate(chip, value);
    } else {
        end_of_interrupt(chip, value);
    }
}

uint8_t i8259_read(struct i8259 *chip, uint32_t port)
{
    if (chip->polls) {
        chip->polls = false;
        bool asks = i8259_pending(chip) >= 0;
        return (uint8_t)(asks ? 0x80 | i8259_acknowledge(chip) : 0);
    }
    if (port == 1) {
        return chip->mask;
    }
    return chip->reads_service ? chip->service : i8259_requests(chip);
}
