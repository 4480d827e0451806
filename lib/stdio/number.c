/* SPDX-License-Identifier: MIT */
/* Integers as text, for the printf engine. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "stdio/format.h"

#define DIGITS_MOST 64

/* Writes digits of `value` backwards from `end`; returns where they begin. 0 gives none. */
static char *digits_write(char *end, unsigned long value, unsigned base, bool is_upper)
{
    const char *digits = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";

    for (; value != 0; value /= base) {
        *--end = digits[value % base];
    }
    return end;
}

const char *format_sign(const struct format_field *field, bool is_negative)
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
        return format_sign(field, is_negative);
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
