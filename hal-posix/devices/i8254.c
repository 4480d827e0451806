/* SPDX-License-Identifier: MIT */
/* A counter as arithmetic on the tick number. A count that is written is loaded at the next tick;
 * in modes 2 and 3, if one is in use, at the end of its period; in modes 1 and 5 by a rising gate.
 */

#include "i8254.h"

static bool is_periodic(const struct i8254 *counter)
{
    return counter->mode == 2 || counter->mode == 3;
}

static bool is_triggered(const struct i8254 *counter)
{
    return counter->mode == 1 || counter->mode == 5;
}

static bool is_paused(const struct i8254 *counter)
{
    return !counter->gate && !is_triggered(counter);
}

static void load(struct i8254 *counter, uint32_t count, uint64_t start)
{
    counter->count = count;
    counter->start = start;
    counter->is_loaded = true;
    counter->has_next = false;
}

/* Takes the written count into use if its time has come. */
static void catch_up(struct i8254 *counter, uint64_t tick)
{
    if (counter->has_next && counter->next_at <= tick) {
        load(counter, counter->next, counter->next_at);
    }
}

/* Ticks for which the present count has been counted. */
static uint64_t elapsed(const struct i8254 *counter, uint64_t tick)
{
    uint64_t until = is_paused(counter) ? counter->closed_at : tick;
    return counter->is_loaded && until > counter->start ? until - counter->start : 0;
}

static uint64_t period_end(const struct i8254 *counter, uint64_t tick)
{
    return counter->start + (elapsed(counter, tick) / counter->count + 1) * counter->count;
}

static uint32_t to_decimal(uint32_t value)
{
    return value % 10 | value / 10 % 10 << 4 | value / 100 % 10 << 8 | value / 1000 % 10 << 12;
}

static uint32_t from_decimal(uint32_t value)
{
    return (value & 15) + (value >> 4 & 15) * 10 + (value >> 8 & 15) * 100 + (value >> 12) * 1000;
}

/* Mode 3 counts by two, twice in a period; an odd count is made even when it is loaded. */
static uint64_t square_value(const struct i8254 *counter, uint64_t in_period)
{
    uint64_t high = (counter->count + 1) / 2;
    uint64_t in_half = in_period < high ? in_period : in_period - high;
    return (counter->count & ~1U) - 2 * in_half;
}

static uint32_t value_at(struct i8254 *counter, uint64_t tick)
{
    catch_up(counter, tick);
    uint64_t size = counter->is_decimal ? 10000 : 65536;
    uint64_t passed = elapsed(counter, tick), value;
    if (!counter->is_loaded) {
        return 0;
    }
    if (counter->mode == 3) {
        value = square_value(counter, passed % counter->count);
    } else if (counter->mode == 2) {
        value = counter->count - passed % counter->count;
    } else {
        value = counter->count + size - passed % size;
    }
    uint32_t shown = (uint32_t)(value % size);
    return counter->is_decimal ? to_decimal(shown) : shown;
}

bool i8254_output(struct i8254 *counter, uint64_t tick)
{
    catch_up(counter, tick);
    uint64_t passed = elapsed(counter, tick);
    switch (counter->mode) {
    case 0:
        return counter->is_loaded && passed >= counter->count;
    case 1:
        return !counter->is_loaded || tick < counter->start || passed >= counter->count;
    case 2:
        return !counter->is_loaded || !counter->gate ||
               passed % counter->count != counter->count - 1;
    case 3:
        return !counter->is_loaded || !counter->gate ||
               passed % counter->count < (counter->count + 1) / 2;
    default:
        return !counter->is_loaded || passed != counter->count;
    }
}

uint64_t i8254_next_rise(struct i8254 *counter, uint64_t tick)
{
    catch_up(counter, tick);
    uint64_t strobe = counter->mode >= 4 ? 1 : 0;
    if (!counter->is_loaded || is_paused(counter)) {
        return UINT64_MAX;
    }
    if (is_periodic(counter)) {
        return counter->count < 2 ? UINT64_MAX : period_end(counter, tick);
    }
    uint64_t rise = counter->start + counter->count + strobe;
    return rise > tick ? rise : UINT64_MAX;
}

void i8254_control(struct i8254 *counter, uint64_t tick, uint32_t word)
{
    uint32_t mode = word >> 1 & 7;
    counter->access = word >> 4 & 3;
    counter->mode = mode > 5 ? mode - 4 : mode;
    counter->is_decimal = (word & 1) != 0;
    counter->is_loaded = counter->has_next = false;
    counter->writes_high = counter->reads_high = false;
    counter->has_latch = counter->has_status = false;
    counter->closed_at = tick;
}

static void take_count(struct i8254 *counter, uint64_t tick, uint32_t written)
{
    uint32_t count = counter->is_decimal ? from_decimal(written) : written;
    uint32_t most = counter->is_decimal ? 10000 : 65536;
    catch_up(counter, tick);
    counter->next = count == 0 ? most : count;
    counter->has_next = true;
    if (is_triggered(counter)) {
        counter->next_at = UINT64_MAX;
    } else if (is_periodic(counter) && counter->is_loaded && counter->gate) {
        counter->next_at = period_end(counter, tick);
    } else {
        counter->next_at = tick + 1;
    }
}

void i8254_write(struct i8254 *counter, uint64_t tick, uint32_t byte)
{
    if (counter->access == I8254_BOTH && !counter->writes_high) {
        counter->written_low = byte;
        counter->writes_high = true;
        if (counter->mode == 0) {
            counter->is_loaded = counter->has_next = false;
        }
        return;
    }
    uint32_t low = counter->access == I8254_BOTH ? counter->written_low : byte;
    uint32_t high = counter->access == I8254_LOW ? 0 : byte << 8;
    counter->writes_high = false;
    take_count(counter, tick, counter->access == I8254_HIGH ? high : high | low);
}

void i8254_latch_count(struct i8254 *counter, uint64_t tick)
{
    if (!counter->has_latch) {
        counter->latch = value_at(counter, tick);
        counter->has_latch = true;
    }
}

void i8254_latch_status(struct i8254 *counter, uint64_t tick)
{
    if (counter->has_status) {
        return;
    }
    bool output = i8254_output(counter, tick);
    bool is_null = counter->has_next || !counter->is_loaded;
    counter->status = (output ? 0x80U : 0) | (is_null ? 0x40U : 0) | counter->access << 4 |
                      counter->mode << 1 | (counter->is_decimal ? 1U : 0);
    counter->has_status = true;
}

uint32_t i8254_read(struct i8254 *counter, uint64_t tick)
{
    if (counter->has_status) {
        counter->has_status = false;
        return counter->status;
    }
    uint32_t value = counter->has_latch ? counter->latch : value_at(counter, tick);
    bool high = counter->access == I8254_HIGH || counter->reads_high;
    bool more = counter->access == I8254_BOTH && !counter->reads_high;
    counter->reads_high = more;
    counter->has_latch = counter->has_latch && more;
    return high ? value >> 8 : value & 0xff;
}

void i8254_gate(struct i8254 *counter, uint64_t tick, bool gate)
{
    catch_up(counter, tick);
    if (gate == counter->gate) {
        return;
    }
    if (!gate) {
        counter->gate = false;
        counter->closed_at = tick;
        return;
    }
    uint64_t closed = tick - counter->closed_at;
    bool has_count = counter->is_loaded || counter->has_next;
    counter->gate = true;
    if ((is_triggered(counter) || is_periodic(counter)) && has_count) {
        load(counter, counter->has_next ? counter->next : counter->count, tick + 1);
    } else if (counter->is_loaded && counter->start < tick) {
        uint64_t counted_from =
            counter->closed_at > counter->start ? closed : tick - counter->start;
        counter->start += counted_from;
    }
}
