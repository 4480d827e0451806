/* SPDX-License-Identifier: MIT */
/* Numbers with a point as text, for the printf engine: %f %e %g, exact and correctly rounded at any
 * precision, and %a. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "stdio/format.h"
#include "stdlib/decimal.h"

#define PRECISION_MOST (1 << 30)
#define FRACTION_BITS  52
#define EXPONENT_BIAS  1023
#define EXPONENT_MOST  0x7ff /* infinite, or not a number */
#define HEX_DIGITS     13    /* of a fraction */

/* A double taken apart: fraction * 2^exponent, the fraction with its leading bit. */
struct real {
    bool is_negative, is_special;
    uint64_t fraction;
    int exponent;
};

/* What is written: the digits of the places from `high` to `low`, the point behind `point`, and an
 * exponent of ten or two. */
struct layout {
    int high, point, low;
    bool has_point;
    char suffix[8];
};

/* Collects text on its way to the sink. */
struct writer {
    struct format_sink *sink;
    size_t used;
    char text[64];
};

static void writer_put(struct writer *writer, char c)
{
    if (writer->used == sizeof writer->text) {
        format_put(writer->sink, writer->text, writer->used);
        writer->used = 0;
    }
    writer->text[writer->used++] = c;
}

static struct real real_of(double value)
{
    struct real real;
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    int exponent = (int)(bits >> FRACTION_BITS & EXPONENT_MOST);
    real.is_negative = bits >> 63 != 0;
    real.is_special = exponent == EXPONENT_MOST;
    real.fraction = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
    if (exponent > 0) {
        real.fraction |= UINT64_C(1) << FRACTION_BITS;
    } else {
        exponent = 1;
    }
    real.exponent = exponent - EXPONENT_BIAS - FRACTION_BITS;
    return real;
}

static bool is_upper(const struct format_field *field)
{
    return field->letter < 'a';
}

static void put_special(struct format_sink *sink, const struct format_field *field,
                        const struct real *real)
{
    bool is_infinite = real->fraction == UINT64_C(1) << FRACTION_BITS;
    struct format_field padded = *field;

    padded.has_zeros = false;
    const char *text =
        is_infinite ? (is_upper(field) ? "INF" : "inf") : (is_upper(field) ? "NAN" : "nan");
    format_put_field(sink, &padded, format_sign(field, real->is_negative), text, 3);
}

/* "e+05", "p-1022": at least so many digits. */
static void suffix_write(char *suffix, char letter, int exponent, int least)
{
    char digits[4];
    int count = 0;

    *suffix++ = letter;
    *suffix++ = exponent < 0 ? '-' : '+';
    for (int rest = exponent < 0 ? -exponent : exponent; rest > 0 || count < least; rest /= 10) {
        digits[count++] = (char)('0' + rest % 10);
    }
    while (count > 0) {
        *suffix++ = digits[--count];
    }
    *suffix = '\0';
}

static void put_layout(struct format_sink *sink, const struct format_field *field, const char *sign,
                       const struct layout *layout, const struct decimal *decimal)
{
    struct writer writer = {.sink = sink};
    size_t suffix_size = strlen(layout->suffix);
    size_t size = (size_t)(layout->high - layout->low) + 1 + layout->has_point + suffix_size;

    format_put_before(sink, field, sign, size);
    for (int place = layout->high; place >= layout->low; place--) {
        writer_put(&writer, (char)('0' + decimal_digit(decimal, place)));
        if (place == layout->point && layout->has_point) {
            writer_put(&writer, '.');
        }
    }
    format_put(sink, writer.text, writer.used);
    format_put(sink, layout->suffix, suffix_size);
    format_put_behind(sink, field, sign, size);
}

static void layout_plain(struct layout *layout, struct decimal *decimal, int precision)
{
    decimal_round(decimal, -precision);
    int first = decimal_first_place(decimal);
    *layout = (struct layout){.high = first > 0 ? first : 0, .low = -precision};
}

static void layout_exponent(struct layout *layout, struct decimal *decimal, int precision,
                            char letter)
{
    decimal_round(decimal, decimal_first_place(decimal) - precision);
    /* 9.99 may have become 10.0: what is written beyond the digits there are is a zero. */
    int first = decimal_first_place(decimal);
    *layout = (struct layout){.high = first, .point = first, .low = first - precision};
    suffix_write(layout->suffix, letter, first, 2);
}

/* The shorter of the two, without zeros at its end. */
static void layout_general(struct layout *layout, struct decimal *decimal, int precision,
                           const struct format_field *field)
{
    int digits = precision > 0 ? precision : 1;

    decimal_round(decimal, decimal_first_place(decimal) - digits + 1);
    int first = decimal_first_place(decimal);
    if (first >= -4 && first < digits) {
        layout_plain(layout, decimal, digits - 1 - first);
    } else {
        layout_exponent(layout, decimal, digits - 1, is_upper(field) ? 'E' : 'e');
    }
    if (field->is_alternate) {
        return;
    }
    layout->low = layout->low < DECIMAL_LOWEST ? DECIMAL_LOWEST : layout->low;
    while (layout->low < layout->point && decimal_digit(decimal, layout->low) == 0) {
        layout->low++;
    }
}

static void put_decimal(struct format_sink *sink, const struct format_field *field,
                        const struct real *real)
{
    struct decimal decimal;
    struct layout layout;
    int precision = field->has_precision ? field->precision : 6;

    precision = precision < PRECISION_MOST ? precision : PRECISION_MOST;
    decimal_set(&decimal, real->fraction, real->exponent);
    switch (field->letter) {
    case 'f':
    case 'F':
        layout_plain(&layout, &decimal, precision);
        break;
    case 'e':
    case 'E':
        layout_exponent(&layout, &decimal, precision, field->letter);
        break;
    default:
        layout_general(&layout, &decimal, precision, field);
        break;
    }
    layout.has_point = layout.low < layout.point || field->is_alternate;
    put_layout(sink, field, format_sign(field, real->is_negative), &layout, &decimal);
}

/* Cuts the fraction to so many hexadecimal digits, a half to the even one. */
static uint64_t hex_round(uint64_t fraction, int digits)
{
    int bits = 4 * (HEX_DIGITS - digits);
    uint64_t unit = UINT64_C(1) << bits;
    uint64_t rest = fraction & (unit - 1);

    fraction -= rest;
    bool is_odd = (fraction & unit) != 0;
    return fraction + (rest > unit / 2 || (rest == unit / 2 && is_odd) ? unit : 0);
}

static void put_hex(struct format_sink *sink, const struct format_field *field,
                    const struct real *real)
{
    const char *letters = is_upper(field) ? "0123456789ABCDEF" : "0123456789abcdef";
    uint64_t fraction = real->fraction;
    int digits = HEX_DIGITS;
    char body[40], prefix[4], suffix[8];
    size_t used = 0;

    while (!field->has_precision && digits > 0 &&
           (fraction >> 4 * (HEX_DIGITS - digits) & 15) == 0) {
        digits--;
    }
    if (field->has_precision && field->precision < HEX_DIGITS) {
        digits = field->precision;
        fraction = digits > 0 || fraction > 0 ? hex_round(fraction, digits) : 0;
    }
    size_t zeros = field->has_precision ? (size_t)(field->precision - digits) : 0;
    body[used++] = letters[fraction >> FRACTION_BITS];
    if (digits > 0 || zeros > 0 || field->is_alternate) {
        body[used++] = '.';
    }
    for (int i = 1; i <= digits; i++) {
        body[used++] = letters[fraction >> 4 * (HEX_DIGITS - i) & 15];
    }
    suffix_write(suffix, is_upper(field) ? 'P' : 'p',
                 real->fraction == 0 ? 0 : real->exponent + FRACTION_BITS, 1);
    strlcpy(prefix, format_sign(field, real->is_negative), sizeof prefix);
    strlcat(prefix, is_upper(field) ? "0X" : "0x", sizeof prefix);
    size_t size = used + zeros + strlen(suffix);
    format_put_before(sink, field, prefix, size);
    format_put(sink, body, used);
    for (; zeros > 0; zeros--) {
        format_put(sink, "0", 1);
    }
    format_put(sink, suffix, strlen(suffix));
    format_put_behind(sink, field, prefix, size);
}

void format_real(struct format_sink *sink, const struct format_field *field, double value)
{
    struct real real = real_of(value);

    if (real.is_special) {
        put_special(sink, field, &real);
    } else if (field->letter == 'a' || field->letter == 'A') {
        put_hex(sink, field, &real);
    } else {
        put_decimal(sink, field, &real);
    }
}
