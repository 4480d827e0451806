/* SPDX-License-Identifier: MIT */
/* strtod and its like: the nearest double, exactly, a half to the even one. */

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stdlib/decimal.h"

#define FRACTION_BITS  52
#define EXPONENT_BIAS  1023
#define EXPONENT_MOST  0x7ff
#define PLACE_HIGHEST  309  /* a first digit above this place is too large */
#define PLACE_LOWEST   -400 /* below this it is zero */
#define EXPONENT_LIMIT 100000000

/* whole * 2^exponent, and whether something is missing below the last bit of whole. */
struct binary {
    uint64_t whole;
    int exponent;
    bool has_rest;
};

static double double_of(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

/* whole / 2^cut, rounded; notes whether that lost anything. */
static uint64_t whole_cut(struct binary *binary, int cut)
{
    uint64_t whole = binary->whole;
    uint64_t kept = cut < 64 ? whole >> cut : 0;
    uint64_t rest = cut < 64 ? whole & ((UINT64_C(1) << cut) - 1) : whole;
    uint64_t half = cut <= 64 ? UINT64_C(1) << (cut - 1) : UINT64_MAX;
    bool is_half = rest == half && cut <= 64;

    kept += (rest > half && cut <= 64) || (is_half && (binary->has_rest || kept % 2 == 1));
    binary->has_rest |= rest != 0;
    return kept;
}

/* Cuts to the bits that a double of this size has, and puts it together. */
static double binary_round(struct binary binary)
{
    if (binary.whole == 0) {
        return 0;
    }
    int width = 64 - __builtin_clzll(binary.whole);
    int lowest = 1 - EXPONENT_BIAS - FRACTION_BITS;
    int unit = binary.exponent + width - 1 - FRACTION_BITS;
    unit = unit < lowest ? lowest : unit;
    int cut = unit - binary.exponent;
    uint64_t kept = cut > 0 ? whole_cut(&binary, cut) : binary.whole << -cut;
    if (kept >> (FRACTION_BITS + 1) != 0) {
        kept >>= 1;
        unit++;
    }
    bool is_small = kept >> FRACTION_BITS == 0;
    int exponent = is_small ? 0 : unit + FRACTION_BITS + EXPONENT_BIAS;
    if (exponent >= EXPONENT_MOST) {
        errno = ERANGE;
        return double_of((uint64_t)EXPONENT_MOST << FRACTION_BITS);
    }
    if (is_small && binary.has_rest) {
        errno = ERANGE;
    }
    return double_of((uint64_t)exponent << FRACTION_BITS |
                     (kept & ((UINT64_C(1) << FRACTION_BITS) - 1)));
}

/* Scales so that the whole part fills a word's upper half at least, without losing a bit. */
static double decimal_to_double(struct decimal *decimal)
{
    int exponent = 0;

    while (decimal_first_place(decimal) > 18) {
        decimal_scale(decimal, -29);
        exponent += 29;
    }
    while (decimal->first < decimal->end && decimal_whole(decimal) >> 57 == 0) {
        uint64_t whole = decimal_whole(decimal);
        int bits = whole == 0 ? 29 : __builtin_clzll(whole) - 1;
        bits = bits > 29 ? 29 : bits;
        decimal_scale(decimal, bits);
        exponent -= bits;
    }
    return binary_round(
        (struct binary){decimal_whole(decimal), exponent, decimal_has_part(decimal)});
}

/* Reads e+12 behind a number; leaves *text alone if there is none. */
static long exponent_read(const char **text, char letter)
{
    const char *next = *text;
    bool is_negative = false;
    long exponent = 0;

    if (tolower((unsigned char)*next) != letter) {
        return 0;
    }
    next++;
    if (*next == '+' || *next == '-') {
        is_negative = *next++ == '-';
    }
    if (!isdigit((unsigned char)*next)) {
        return 0;
    }
    for (; isdigit((unsigned char)*next); next++) {
        exponent = exponent < EXPONENT_LIMIT ? exponent * 10 + (*next - '0') : exponent;
    }
    *text = next;
    return is_negative ? -exponent : exponent;
}

/* The digits of a number: where they begin, how many stand before the point. */
struct digits {
    const char *first, *end;
    long before_point;
    bool has_any;
};

static struct digits digits_scan(const char *text, int (*is_digit)(int c))
{
    struct digits digits = {.first = text};
    bool has_point = false;

    for (; is_digit((unsigned char)*text) || (*text == '.' && !has_point); text++) {
        if (*text == '.') {
            has_point = true;
        } else {
            digits.has_any = true;
            digits.before_point += !has_point;
        }
    }
    digits.end = text;
    return digits;
}

static double decimal_read(const char **text)
{
    struct digits digits = digits_scan(*text, isdigit);
    struct decimal decimal;
    const char *next = digits.end;
    long place = digits.before_point - 1 + exponent_read(&next, 'e');

    *text = next;
    decimal_clear(&decimal);
    for (const char *digit = digits.first; digit < digits.end; digit++) {
        bool is_first = decimal.first == decimal.end && !decimal.is_inexact;
        if (*digit == '.') {
            continue;
        }
        if (*digit != '0' && is_first && place > PLACE_HIGHEST) {
            errno = ERANGE;
            return double_of((uint64_t)EXPONENT_MOST << FRACTION_BITS);
        }
        if (*digit != '0' && is_first && place < PLACE_LOWEST) {
            errno = ERANGE;
            return 0;
        }
        if (*digit != '0') {
            decimal_digit_add(&decimal, (int)place, *digit - '0');
        }
        place--;
    }
    return decimal_to_double(&decimal);
}

static double hex_read(const char **text)
{
    struct digits digits = digits_scan(*text + 2, isxdigit);
    struct binary binary = {0};
    const char *next = digits.end;
    long exponent = exponent_read(&next, 'p');
    long shift = 4 * digits.before_point;

    *text = next;
    for (const char *digit = digits.first; digit < digits.end; digit++) {
        unsigned value = isdigit((unsigned char)*digit)
                             ? (unsigned)(*digit - '0')
                             : (unsigned)(tolower((unsigned char)*digit) - 'a' + 10);
        if (*digit == '.') {
            continue;
        }
        shift -= 4;
        if (binary.whole >> 60 == 0) {
            binary.whole = binary.whole << 4 | value;
        } else {
            binary.has_rest |= value != 0;
            exponent += 4;
        }
    }
    /* shift has come to minus the digits behind the point, of which each took four bits. */
    exponent += shift;
    binary.exponent = exponent > 5000 ? 5000 : exponent < -5000 ? -5000 : (int)exponent;
    return binary_round(binary);
}

/* "inf", "infinity", "nan"; how many letters, 0: none of them. */
static size_t word_read(const char *text, double *value)
{
    if (strncasecmp(text, "inf", 3) == 0) {
        *value = __builtin_inf();
        return strncasecmp(text, "infinity", 8) == 0 ? 8 : 3;
    }
    if (strncasecmp(text, "nan", 3) == 0) {
        *value = __builtin_nan("");
        return 3;
    }
    return 0;
}

double strtod(const char *restrict text, char **restrict end)
{
    const char *next = text;
    double value = 0;

    while (isspace((unsigned char)*next)) {
        next++;
    }
    bool is_negative = *next == '-';
    next += *next == '-' || *next == '+';
    size_t word = word_read(next, &value);
    if (word > 0) {
        next += word;
    } else if (next[0] == '0' && (next[1] == 'x' || next[1] == 'X') &&
               digits_scan(next + 2, isxdigit).has_any) {
        value = hex_read(&next);
    } else if (digits_scan(next, isdigit).has_any) {
        value = decimal_read(&next);
    } else {
        next = text;
        is_negative = false;
    }
    if (end != NULL) {
        *end = (char *)next;
    }
    return is_negative ? -value : value;
}

float strtof(const char *restrict text, char **restrict end)
{
    return (float)strtod(text, end);
}

double atof(const char *text)
{
    return strtod(text, NULL);
}
