/* SPDX-License-Identifier: MIT */
#pragma once

/* One counter of an 8254 (Intel data sheet 231164): all six modes, binary and BCD, gate, latches.
 * Time is the number of clock ticks since boot, given with every call; nothing runs by itself. */

#include <stdbool.h>
#include <stdint.h>

enum i8254_access { I8254_LATCH, I8254_LOW, I8254_HIGH, I8254_BOTH };

struct i8254 {
    uint32_t mode, access;
    bool is_decimal;
    uint32_t count; /* in use: 1 to 65536 */
    bool is_loaded; /* the counting element has it, since `start` */
    uint64_t start; /* the tick at which it was loaded, maybe the next one */
    uint32_t next;  /* written; taken at `next_at`, or by a trigger */
    bool has_next;
    uint64_t next_at; /* UINT64_MAX: by a trigger */
    bool gate;
    uint64_t closed_at; /* since when the gate is low */
    uint32_t written_low;
    bool writes_high, reads_high;
    bool has_latch, has_status;
    uint32_t latch, status;
};

void i8254_control(struct i8254 *counter, uint64_t tick, uint32_t word);
void i8254_write(struct i8254 *counter, uint64_t tick, uint32_t byte);
uint32_t i8254_read(struct i8254 *counter, uint64_t tick);
void i8254_latch_count(struct i8254 *counter, uint64_t tick);
void i8254_latch_status(struct i8254 *counter, uint64_t tick);
void i8254_gate(struct i8254 *counter, uint64_t tick, bool gate);
/* The output at a tick. */
bool i8254_output(struct i8254 *counter, uint64_t tick);
/* The first tick after this one at which the output rises; UINT64_MAX: never. */
uint64_t i8254_next_rise(struct i8254 *counter, uint64_t tick);
