/* SPDX-License-Identifier: MIT */
#include "text.h"

static void text_put(struct text *text, char byte)
{
    if (text->size < sizeof(text->bytes)) {
        text->bytes[text->size++] = byte >= 0x20 && byte <= 0x7e ? byte : '?';
    }
}

static void text_put_string(struct text *text, const char *string)
{
    while (*string != 0) {
        text_put(text, *string++);
    }
}

static void text_put_number(struct text *text, uint64_t number, uint32_t base)
{
    char digits[20];
    uint32_t count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    while (count > 0) {
        text_put(text, digits[--count]);
    }
}

void text_append(struct text *text, const char *format, va_list arguments)
{
    for (; *format != 0; format++) {
        if (*format != '%' || format[1] == 0) {
            text_put(text, *format);
            continue;
        }
        format++;
        if (*format == 's') {
            text_put_string(text, va_arg(arguments, const char *));
        } else if (*format == 'u') {
            text_put_number(text, va_arg(arguments, uint64_t), 10);
        } else if (*format == 'x') {
            text_put_number(text, va_arg(arguments, uint64_t), 16);
        } else if (*format == 'd') {
            int64_t number = va_arg(arguments, int64_t);
            if (number < 0) {
                text_put(text, '-');
            }
            text_put_number(text, number < 0 ? -(uint64_t)number : (uint64_t)number, 10);
        } else {
            text_put(text, *format);
        }
    }
}

void text_format(struct text *text, const char *format, va_list arguments)
{
    text->size = 0;
    text_append(text, format, arguments);
}

void text_print(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_format(text, format, arguments);
    va_end(arguments);
}
