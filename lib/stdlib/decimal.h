/* SPDX-License-Identifier: MIT */
#pragma once

/* Exact decimal numbers, for printf and strtod: wide enough for every double and every half step
 * between two of them. A number is not below zero and stands in limbs of nine digits, the most
 * significant first; the point lies behind limb DECIMAL_WHOLE - 1. A place is a power of ten: the
 * digit of place 0 is that of the ones, that of place -1 the first behind the point. */

#include <stdbool.h>
#include <stdint.h>

#define DECIMAL_DIGITS 9   /* of a limb */
#define DECIMAL_WHOLE  36  /* limbs before the point: DBL_MAX has 309 digits */
#define DECIMAL_PART   129 /* limbs behind it: a double has at most 1074 places, a half step 1075 */
#define DECIMAL_LIMBS  (DECIMAL_WHOLE + DECIMAL_PART)
#define DECIMAL_LOWEST (-DECIMAL_PART * DECIMAL_DIGITS) /* the lowest place there is */

struct decimal {
    uint32_t limbs[DECIMAL_LIMBS];
    int first, end;  /* limbs outside [first, end) are 0 */
    bool is_inexact; /* digits were lost behind the lowest place */
};

/* 0. */
void decimal_clear(struct decimal *decimal);

/* whole * 2^exponent; whole below 2^64, the result below 10^324. */
void decimal_set(struct decimal *decimal, uint64_t whole, int exponent);

/* Multiplies by 2^exponent, which may be negative. The result must be below 10^324. */
void decimal_scale(struct decimal *decimal, int exponent);

/* The digit of a place, any place; and adds 0 to 9 to one: it must not overflow its limb. */
int decimal_digit(const struct decimal *decimal, int place);
void decimal_digit_add(struct decimal *decimal, int place, int digit);

/* The place of the first digit that is not 0; of 0 it is 0. */
int decimal_first_place(const struct decimal *decimal);

/* Rounds to this place, a half to the even digit. */
void decimal_round(struct decimal *decimal, int place);

/* The digits before the point, modulo 2^64; and whether there is anything but zeros behind it. */
uint64_t decimal_whole(const struct decimal *decimal);
bool decimal_has_part(const struct decimal *decimal);
