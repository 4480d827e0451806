/* SPDX-License-Identifier: MIT */
#pragma once

/* Formatted text, wherever it goes. */

#include <stdarg.h>
#include <stddef.h>

/* Takes text as it is made. `length` counts all of it. */
struct format_sink {
    void (*put)(struct format_sink *sink, const char *text, size_t size);
    size_t length;
};

/* One conversion: %[flags][width][.precision][size]letter. */
struct format_field {
    _Bool is_left, has_plus, has_space, is_alternate, has_zeros, has_precision;
    int width, precision;
    int size; /* bytes of the integer: 1, 2, 4 or 8 */
    char letter;
};

/* The printf engine. Returns the length made, or -1 if that is no int. */
int format_print(struct format_sink *sink, const char *format, va_list arguments);

/* Puts prefix (sign or 0x) and body into a field, padded as it says; or, for a body that is put in
 * pieces, what stands before it and behind it. */
void format_put_field(struct format_sink *sink, const struct format_field *field,
                      const char *prefix, const char *body, size_t size);
void format_put_before(struct format_sink *sink, const struct format_field *field,
                       const char *prefix, size_t size);
void format_put_behind(struct format_sink *sink, const struct format_field *field,
                       const char *prefix, size_t size);
void format_put(struct format_sink *sink, const char *text, size_t size);

/* The sign that a number gets: "-", "+", " " or nothing. */
const char *format_sign(const struct format_field *field, _Bool is_negative);

/* Numbers: integers in number.c, `value` is the magnitude of a signed one; the others in real.c. */
void format_integer(struct format_sink *sink, const struct format_field *field, unsigned long value,
                    _Bool is_negative);
void format_real(struct format_sink *sink, const struct format_field *field, double value);
