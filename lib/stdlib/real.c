/* SPDX-License-Identifier: MIT */
/* Numbers with a point from text: musl's, which say nothing of a hexadecimal one that is too large
 * by less than the width of its exponents. */

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* Musl's, by names of ours (musl/symbols.txt). */
double lib_musl_strtod(const char *restrict text, char **restrict end);
float lib_musl_strtof(const char *restrict text, char **restrict end);
long double lib_musl_strtold(const char *restrict text, char **restrict end);

/* A text that became infinity without saying so was a number too large for its type. */
static void tell_overflow(const char *text, bool is_infinite)
{
    if (!is_infinite) {
        return;
    }
    while (isspace((unsigned char)*text)) {
        text++;
    }
    text += *text == '+' || *text == '-';
    if (isdigit((unsigned char)*text) || *text == '.') {
        errno = ERANGE;
    }
}

double strtod(const char *restrict text, char **restrict end)
{
    double value = lib_musl_strtod(text, end);

    tell_overflow(text, __builtin_isinf(value) != 0);
    return value;
}

float strtof(const char *restrict text, char **restrict end)
{
    float value = lib_musl_strtof(text, end);

    tell_overflow(text, __builtin_isinf(value) != 0);
    return value;
}

long double strtold(const char *restrict text, char **restrict end)
{
    long double value = lib_musl_strtold(text, end);

    tell_overflow(text, __builtin_isinf(value) != 0);
    return value;
}
