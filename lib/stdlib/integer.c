/* SPDX-License-Identifier: MIT */
/* Integers from text and the little arithmetic of stdlib.h. */

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

int errno;

static int digit_value(char c)
{
    if (isdigit(c)) {
        return c - '0';
    }
    if (isalpha(c)) {
        return tolower(c) - 'a' + 10;
    }
    return INT_MAX;
}

/* A number's sign and digits, as read from text. */
struct magnitude {
    unsigned long value;
    bool is_negative, is_too_large;
};

static const char *base_skip(const char *text, int *base)
{
    bool has_prefix = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

    if ((*base == 0 || *base == 16) && has_prefix && isxdigit((unsigned char)text[2])) {
        *base = 16;
        return text + 2;
    }
    if (*base == 0) {
        *base = text[0] == '0' ? 8 : 10;
    }
    return text;
}

static struct magnitude magnitude_read(const char *text, char **end, int base)
{
    struct magnitude number = {0, false, false};
    const char *start = text;

    while (isspace((unsigned char)*text)) {
        text++;
    }
    if (*text == '-' || *text == '+') {
        number.is_negative = *text++ == '-';
    }
    text = base_skip(text, &base);
    const char *digits = text;
    for (int digit; (digit = digit_value(*text)) < base; text++) {
        unsigned long wider;
        if (__builtin_mul_overflow(number.value, (unsigned long)base, &wider) ||
            __builtin_add_overflow(wider, (unsigned long)digit, &wider)) {
            number.is_too_large = true;
        } else {
            number.value = wider;
        }
    }
    if (end != NULL) {
        *end = (char *)(text == digits ? start : text);
    }
    return number;
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base)
{
    struct magnitude number = magnitude_read(text, end, base);

    if (number.is_too_large) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return number.is_negative ? -number.value : number.value;
}

long strtol(const char *restrict text, char **restrict end, int base)
{
    struct magnitude number = magnitude_read(text, end, base);
    unsigned long most = (unsigned long)LONG_MAX + number.is_negative;

    if (number.is_too_large || number.value > most) {
        errno = ERANGE;
        return number.is_negative ? LONG_MIN : LONG_MAX;
    }
    return (long)(number.is_negative ? -number.value : number.value);
}

long long strtoll(const char *restrict text, char **restrict end, int base)
{
    return strtol(text, end, base);
}

unsigned long long strtoull(const char *restrict text, char **restrict end, int base)
{
    return strtoul(text, end, base);
}

intmax_t strtoimax(const char *text, char **end, int base)
{
    return strtol(text, end, base);
}

uintmax_t strtoumax(const char *text, char **end, int base)
{
    return strtoul(text, end, base);
}

int atoi(const char *text)
{
    return (int)strtol(text, NULL, 10);
}

long atol(const char *text)
{
    return strtol(text, NULL, 10);
}

long long atoll(const char *text)
{
    return strtol(text, NULL, 10);
}

int abs(int value)
{
    return value < 0 ? -value : value;
}

long labs(long value)
{
    return value < 0 ? -value : value;
}

long long llabs(long long value)
{
    return value < 0 ? -value : value;
}

intmax_t imaxabs(intmax_t value)
{
    return value < 0 ? -value : value;
}

div_t div(int numerator, int denominator)
{
    return (div_t){numerator / denominator, numerator % denominator};
}

ldiv_t ldiv(long numerator, long denominator)
{
    return (ldiv_t){numerator / denominator, numerator % denominator};
}

lldiv_t lldiv(long long numerator, long long denominator)
{
    return (lldiv_t){numerator / denominator, numerator % denominator};
}
