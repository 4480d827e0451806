/* SPDX-License-Identifier: MIT */
/* Exact decimal numbers. Doubling and halving many times over is all the arithmetic they need:
 * a limb and a carry of 29 bits fit into a word. */

#include "stdlib/decimal.h"

#include <stddef.h>
#include <string.h>

#define BASE      UINT32_C(1000000000)
#define STEP_BITS 29

static const uint32_t powers[DECIMAL_DIGITS] = {1,      10,      100,      1000,     10000,
                                                100000, 1000000, 10000000, 100000000};

void decimal_clear(struct decimal *decimal)
{
    memset(decimal->limbs, 0, sizeof decimal->limbs);
    decimal->first = DECIMAL_WHOLE;
    decimal->end = DECIMAL_WHOLE;
    decimal->is_inexact = false;
}

static void bounds_trim(struct decimal *decimal)
{
    while (decimal->first < decimal->end && decimal->limbs[decimal->first] == 0) {
        decimal->first++;
    }
    while (decimal->first < decimal->end && decimal->limbs[decimal->end - 1] == 0) {
        decimal->end--;
    }
}

static void bounds_take(struct decimal *decimal, int index)
{
    if (decimal->first == decimal->end) {
        decimal->first = index;
        decimal->end = index + 1;
    } else if (index < decimal->first) {
        decimal->first = index;
    } else if (index >= decimal->end) {
        decimal->end = index + 1;
    }
}

/* Multiplies by 2^bits: from the last limb to the first, the carry goes up. */
static void multiply(struct decimal *decimal, int bits)
{
    uint64_t carry = 0;

    for (int i = decimal->end - 1; i >= decimal->first || carry > 0; i--) {
        uint64_t value = ((uint64_t)decimal->limbs[i] << bits) + carry;
        decimal->limbs[i] = (uint32_t)(value % BASE);
        carry = value / BASE;
        bounds_take(decimal, i);
    }
    bounds_trim(decimal);
}

/* Divides by 2^bits: from the first limb to the last, the remainder goes down. */
static void divide(struct decimal *decimal, int bits)
{
    uint64_t remainder = 0;

    for (int i = decimal->first; i < decimal->end || remainder > 0; i++) {
        if (i == DECIMAL_LIMBS) {
            decimal->is_inexact = true;
            break;
        }
        uint64_t value = remainder * BASE + decimal->limbs[i];
        decimal->limbs[i] = (uint32_t)(value >> bits);
        remainder = value & ((UINT64_C(1) << bits) - 1);
        bounds_take(decimal, i);
    }
    bounds_trim(decimal);
}

void decimal_scale(struct decimal *decimal, int exponent)
{
    while (exponent > 0) {
        int bits = exponent < STEP_BITS ? exponent : STEP_BITS;
        multiply(decimal, bits);
        exponent -= bits;
    }
    while (exponent < 0) {
        int bits = -exponent < STEP_BITS ? -exponent : STEP_BITS;
        divide(decimal, bits);
        exponent += bits;
    }
}

void decimal_set(struct decimal *decimal, uint64_t whole, int exponent)
{
    decimal_clear(decimal);
    for (int i = DECIMAL_WHOLE - 1; whole > 0; i--) {
        decimal->limbs[i] = (uint32_t)(whole % BASE);
        whole /= BASE;
        bounds_take(decimal, i);
    }
    bounds_trim(decimal);
    decimal_scale(decimal, exponent);
}

/* The limb that has the digit of a place, which then is its digit `*within`, counted from its last.
 * It may lie outside the number. */
static int limb_of(int place, int *within)
{
    int above = place + DECIMAL_PART * DECIMAL_DIGITS;

    *within = (above % DECIMAL_DIGITS + DECIMAL_DIGITS) % DECIMAL_DIGITS;
    return DECIMAL_LIMBS - 1 - (above - *within) / DECIMAL_DIGITS;
}

int decimal_digit(const struct decimal *decimal, int place)
{
    int within;
    int index = limb_of(place, &within);

    if (index < decimal->first || index >= decimal->end) {
        return 0;
    }
    return (int)(decimal->limbs[index] / powers[within] % 10);
}

void decimal_digit_add(struct decimal *decimal, int place, int digit)
{
    int within;
    int index = limb_of(place, &within);

    if (index >= DECIMAL_LIMBS) {
        decimal->is_inexact |= digit != 0;
    } else if (digit != 0) {
        decimal->limbs[index] += (uint32_t)digit * powers[within];
        bounds_take(decimal, index);
    }
}

int decimal_first_place(const struct decimal *decimal)
{
    int place = (DECIMAL_WHOLE - decimal->first) * DECIMAL_DIGITS - 1;

    if (decimal->first == decimal->end) {
        return 0;
    }
    while (decimal_digit(decimal, place) == 0) {
        place--;
    }
    return place;
}

/* True if anything but zeros stands behind digit `within` of a limb, counted from its last. */
static bool has_rest(const struct decimal *decimal, int index, int within)
{
    bool is_empty = decimal->first == decimal->end;
    bool is_inside = index >= decimal->first && index < decimal->end;

    return decimal->is_inexact || (!is_empty && decimal->end - 1 > index) ||
           (is_inside && decimal->limbs[index] % powers[within] != 0);
}

/* Makes everything below a place zero. */
static void cut(struct decimal *decimal, int index, int within)
{
    for (int i = index + 1 > decimal->first ? index + 1 : decimal->first; i < decimal->end; i++) {
        decimal->limbs[i] = 0;
    }
    if (index >= decimal->first && index < decimal->end) {
        decimal->limbs[index] -= decimal->limbs[index] % powers[within];
    }
    bounds_trim(decimal);
}

static void add_unit(struct decimal *decimal, int index, int within)
{
    bounds_take(decimal, index);
    decimal->limbs[index] += powers[within];
    while (decimal->limbs[index] >= BASE) {
        decimal->limbs[index] -= BASE;
        decimal->limbs[--index]++;
        bounds_take(decimal, index);
    }
    bounds_trim(decimal);
}

void decimal_round(struct decimal *decimal, int place)
{
    int within, within_next;
    int index = limb_of(place, &within);
    int index_next = limb_of(place - 1, &within_next);

    if (place <= DECIMAL_LOWEST) {
        return;
    }
    int next = decimal_digit(decimal, place - 1);
    bool is_up = next > 5 || (next == 5 && (has_rest(decimal, index_next, within_next) ||
                                            decimal_digit(decimal, place) % 2 == 1));
    cut(decimal, index, within);
    if (is_up) {
        add_unit(decimal, index, within);
    }
    decimal->is_inexact = false;
}

uint64_t decimal_whole(const struct decimal *decimal)
{
    uint64_t whole = 0;

    for (int i = decimal->first; i < DECIMAL_WHOLE; i++) {
        whole = whole * BASE + decimal->limbs[i];
    }
    return whole;
}

bool decimal_has_part(const struct decimal *decimal)
{
    return decimal->is_inexact || (decimal->first < decimal->end && decimal->end > DECIMAL_WHOLE);
}
