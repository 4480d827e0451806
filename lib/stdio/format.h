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

/* Puts prefix (sign or 0x) and body into a field, padded as it says. */
void format_put_field(struct format_sink *sink, const struct format_field *field,
                      const char *prefix, const char *body, size_t size);
void format_put(struct format_sink *sink, const char *text, size_t size);

/* Numbers; in number.c. `value` is the magnitude of a signed one. */
void format_integer(struct format_sink *sink, const struct format_field *field, unsigned long value,
                    _Bool is_negative);
void format_decimal(struct format_sink *sink, const struct format_field *field, double value);
