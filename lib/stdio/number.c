/* SPDX-License-Identifier: MIT */
/* Numbers as text, for the printf engine. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "stdio/format.h"

#define DIGITS_MOST    64
#define PRECISION_MOST 60 /* of a decimal fraction; a double has no more to tell */

/* Writes digits of `value` backwards from `end`; returns where they begin. 0 gives none. */
static char *digits_write(char *end, unsigned long value, unsigned base, bool is_upper)
{
    const char *digits = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";

    for (; value != 0; value /= base) {
        *--end = digits[value % base];
    }
    return end;
}

static const char *sign_of(const struct format_field *field, bool is_negative)
{
    if (is_negative) {
        return "-";
    }
    return field->has_plus ? "+" : field->has_space ? " " : "";
}

/* What stands before the digits. */
static const char *integer_prefix(const struct format_field *field, unsigned long value,
                                  bool is_negative)
{
    switch (field->letter) {
    case 'd':
    case 'i':
        return sign_of(field, is_negative);
    case 'x':
        return field->is_alternate && value != 0 ? "0x" : "";
    case 'X':
        return field->is_alternate && value != 0 ? "0X" : "";
    default:
        return "";
    }
}

static unsigned integer_base(char letter)
{
    switch (letter) {
    case 'x':
    case 'X':
        return 16;
    case 'o':
        return 8;
    default:
        return 10;
    }
}

void format_integer(struct format_sink *sink, const struct format_field *field, unsigned long value,
                    bool is_negative)
{
    char text[2 * DIGITS_MOST];
    char *end = text + sizeof text;
    unsigned base = integer_base(field->letter);
    char *start = digits_write(end, value, base, field->letter == 'X');
    size_t least = field->has_precision ? (size_t)field->precision : 1;
    struct format_field padded = *field;

    /* A precision takes zeros of its own and leaves none to the width. */
    if (field->has_precision) {
        padded.has_zeros = false;
    }
    if (least > DIGITS_MOST) {
        least = DIGITS_MOST;
    }
    while ((size_t)(end - start) < least) {
        *--start = '0';
    }
    if (field->letter == 'o' && field->is_alternate && (start == end || *start != '0')) {
        *--start = '0';
    }
    format_put_field(sink, &padded, integer_prefix(field, value, is_negative), start,
                     (size_t)(end - start));
}

/* The digits of value, which is finite and not negative, rounded to `precision` places, half away
 * from zero; exact below 2^64, from there on the lower digits are zeros. Returns their number. */
static size_t decimal_digits(char *text, double value, int precision, bool has_point)
{
    char *end = text + DIGITS_MOST;
    size_t zeros = 0;
    double unit = 1;

    for (int i = 0; i < precision; i++) {
        unit *= 10;
    }
    for (; value >= 1.8e19; value /= 10) {
        zeros++;
    }
    unsigned long whole = (unsigned long)value;
    double scaled = (value - (double)whole) * unit;
    unsigned long fraction = (unsigned long)scaled;
    if (scaled - (double)fraction >= 0.5 && (double)++fraction >= unit) {
        fraction = 0;
        whole++;
    }
    char *start = digits_write(end, whole, 10, false);
    if (start == end) {
        *--start = '0';
    }
    size_t size = (size_t)(end - start);
    memmove(text, start, size);
    memset(text + size, '0', zeros);
    size += zeros;
    if (has_point) {
        text[size++] = '.';
    }
    char places[DIGITS_MOST];
    char *place = digits_write(places + sizeof places, fraction, 10, false);
    size_t given = (size_t)(places + sizeof places - place);
    memset(text + size, '0', (size_t)precision - given);
    memcpy(text + size + (size_t)precision - given, place, given);
    return size + (size_t)precision;
}

void format_decimal(struct format_sink *sink, const struct format_field *field, double value)
{
    char text[400 + PRECISION_MOST];
    uint64_t bits;
    struct format_field padded = *field;

    memcpy(&bits, &value, sizeof bits);
    bool is_negative = bits >> 63 != 0;
    const char *sign = sign_of(field, is_negative);
    if ((bits >> 52 & 0x7ff) == 0x7ff) {
        bool is_number = bits << 12 == 0;
        bool is_upper = field->letter == 'F';
        padded.has_zeros = false;
        format_put_field(sink, &padded, sign,
                         is_number ? (is_upper ? "INF" : "inf") : (is_upper ? "NAN" : "nan"), 3);
        return;
    }
    int precision = field->has_precision ? field->precision : 6;
    /* Beyond 18 places the digits are zeros, beyond 60 they are left out. */
    int places = precision > PRECISION_MOST ? PRECISION_MOST : precision;
    int exact = places > 18 ? 18 : places;
    bool has_point = precision > 0 || field->is_alternate;
    size_t size = decimal_digits(text, is_negative ? -value : value, exact, has_point);
    memset(text + size, '0', (size_t)(places - exact));
    format_put_field(sink, &padded, sign, text, size + (size_t)(places - exact));
}
