/* SPDX-License-Identifier: MIT */
/* The printf engine: reads the format, fetches the arguments, leaves numbers to number.c and
 * real.c. */

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "stdio/format.h"

void format_put(struct format_sink *sink, const char *text, size_t size)
{
    if (size > 0) {
        sink->length += size;
        sink->put(sink, text, size);
    }
}

static void put_padding(struct format_sink *sink, char c, size_t count)
{
    char block[32];

    memset(block, c, sizeof block);
    while (count > 0) {
        size_t part = count < sizeof block ? count : sizeof block;
        format_put(sink, block, part);
        count -= part;
    }
}

static size_t padding_of(const struct format_field *field, size_t used)
{
    size_t width = (size_t)field->width;

    return width > used ? width - used : 0;
}

void format_put_before(struct format_sink *sink, const struct format_field *field,
                       const char *prefix, size_t size)
{
    size_t padding = field->is_left ? 0 : padding_of(field, strlen(prefix) + size);

    put_padding(sink, ' ', field->has_zeros ? 0 : padding);
    format_put(sink, prefix, strlen(prefix));
    put_padding(sink, '0', field->has_zeros ? padding : 0);
}

void format_put_behind(struct format_sink *sink, const struct format_field *field,
                       const char *prefix, size_t size)
{
    put_padding(sink, ' ', field->is_left ? padding_of(field, strlen(prefix) + size) : 0);
}

void format_put_field(struct format_sink *sink, const struct format_field *field,
                      const char *prefix, const char *body, size_t size)
{
    format_put_before(sink, field, prefix, size);
    format_put(sink, body, size);
    format_put_behind(sink, field, prefix, size);
}

static const char *flags_read(const char *format, struct format_field *field)
{
    for (;; format++) {
        switch (*format) {
        case '-':
            field->is_left = true;
            break;
        case '+':
            field->has_plus = true;
            break;
        case ' ':
            field->has_space = true;
            break;
        case '#':
            field->is_alternate = true;
            break;
        case '0':
            field->has_zeros = true;
            break;
        default:
            return format;
        }
    }
}

/* A number in the format, or `*`: then the next argument. */
static const char *count_read(const char *format, va_list *arguments, int *count)
{
    if (*format == '*') {
        *count = va_arg(*arguments, int);
        return format + 1;
    }
    *count = 0;
    for (; isdigit((unsigned char)*format); format++) {
        if (*count < INT_MAX / 10 - 1) {
            *count = *count * 10 + (*format - '0');
        }
    }
    return format;
}

static const char *size_read(const char *format, struct format_field *field)
{
    field->size = 4;
    switch (*format) {
    case 'h':
        field->size = format[1] == 'h' ? 1 : 2;
        return format + (format[1] == 'h' ? 2 : 1);
    case 'l':
        field->size = 8;
        return format + (format[1] == 'l' ? 2 : 1);
    case 'z':
    case 'j':
    case 't':
        field->size = 8;
        return format + 1;
    default:
        return format;
    }
}

/* Reads what stands behind the %. */
static const char *field_read(const char *format, struct format_field *field, va_list *arguments)
{
    memset(field, 0, sizeof *field);
    format = flags_read(format, field);
    format = count_read(format, arguments, &field->width);
    if (field->width < 0) {
        field->is_left = true;
        field->width = field->width == INT_MIN ? INT_MAX : -field->width;
    }
    if (*format == '.') {
        format = count_read(format + 1, arguments, &field->precision);
        field->has_precision = field->precision >= 0;
    }
    format = size_read(format, field);
    field->letter = *format;
    return *format != '\0' ? format + 1 : format;
}

static unsigned long unsigned_fetch(const struct format_field *field, va_list *arguments)
{
    if (field->size == 8) {
        return va_arg(*arguments, unsigned long);
    }
    unsigned value = va_arg(*arguments, unsigned);
    return field->size == 1 ? (uint8_t)value : field->size == 2 ? (uint16_t)value : value;
}

static void put_signed(struct format_sink *sink, const struct format_field *field,
                       va_list *arguments)
{
    unsigned long bits = unsigned_fetch(field, arguments);
    int shift = 64 - 8 * field->size;
    long value = (long)(bits << shift) >> shift;

    format_integer(sink, field, value < 0 ? -(unsigned long)value : (unsigned long)value,
                   value < 0);
}

static void put_string(struct format_sink *sink, struct format_field *field, const char *text)
{
    if (text == NULL) {
        text = "(null)";
    }
    size_t most = field->has_precision ? (size_t)field->precision : SIZE_MAX;
    field->has_zeros = false;
    format_put_field(sink, field, "", text, strnlen(text, most));
}

static void put_character(struct format_sink *sink, struct format_field *field, int c)
{
    char byte = (char)c;

    field->has_zeros = false;
    format_put_field(sink, field, "", &byte, 1);
}

static void put_pointer(struct format_sink *sink, struct format_field *field, uintptr_t pointer)
{
    field->letter = 'x';
    field->is_alternate = true;
    if (pointer == 0) {
        put_string(sink, field, "(nil)");
    } else {
        format_integer(sink, field, pointer, false);
    }
}

static void put_argument(struct format_sink *sink, struct format_field *field, va_list *arguments)
{
    switch (field->letter) {
    case 'd':
    case 'i':
        put_signed(sink, field, arguments);
        break;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        format_integer(sink, field, unsigned_fetch(field, arguments), false);
        break;
    case 'c':
        put_character(sink, field, va_arg(*arguments, int));
        break;
    case 's':
        put_string(sink, field, va_arg(*arguments, const char *));
        break;
    case 'p':
        put_pointer(sink, field, va_arg(*arguments, uintptr_t));
        break;
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        format_real(sink, field, va_arg(*arguments, double));
        break;
    case '%':
        format_put(sink, "%", 1);
        break;
    default:
        format_put(sink, "%?", 2);
    }
}

int format_print(struct format_sink *sink, const char *format, va_list arguments)
{
    va_list next;

    va_copy(next, arguments);
    while (*format != '\0') {
        size_t plain = strcspn(format, "%");
        format_put(sink, format, plain);
        format += plain;
        if (*format == '%') {
            struct format_field field;
            format = field_read(format + 1, &field, &next);
            put_argument(sink, &field, &next);
        }
    }
    va_end(next);
    return sink->length <= INT_MAX ? (int)sink->length : -1;
}
