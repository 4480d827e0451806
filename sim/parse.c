/* SPDX-License-Identifier: MIT */
/* Numbers, sizes and times from text, strictly. */

#include "parse.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* What hal-posix makes machines with. */
#define MEMORY_LEAST (UINT64_C(2) << 20)
#define MEMORY_MOST  (UINT64_C(64) << 30)

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit size_units[] = {
    {"", 1},   {"K", UINT64_C(1) << 10}, {"M", UINT64_C(1) << 20}, {"G", UINT64_C(1) << 30},
    {NULL, 0},
};

static const struct unit time_units[] = {
    {"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}, {"min", UINT64_C(60000000000)},
    {NULL, 0},
};

static uint64_t unit_factor(const struct unit *units, const char *name)
{
    for (; units->name != NULL; units++) {
        if (strcmp(units->name, name) == 0) {
            return units->factor;
        }
    }
    return 0;
}

/* Digits with an optional fraction, then a unit. A fraction finer than one is refused. */
static bool parse_with_unit(const char *word, const struct unit *units, uint64_t *value)
{
    if (*word < '0' || *word > '9') {
        return false;
    }
    char *rest;
    errno = 0;
    uint64_t whole = strtoull(word, &rest, 10);
    if (errno != 0) {
        return false;
    }
    const char *fraction = rest;
    size_t digits = 0;
    if (*fraction == '.') {
        fraction++;
        digits = strspn(fraction, "0123456789");
        if (digits == 0) {
            return false;
        }
        rest = (char *)fraction + digits;
    }
    uint64_t factor = unit_factor(units, rest), result, share = factor;
    if (factor == 0 || __builtin_mul_overflow(whole, factor, &result)) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        if (share % 10 != 0 && fraction[i] != '0') {
            return false;
        }
        share /= 10;
        if (__builtin_add_overflow(result, share * (uint64_t)(fraction[i] - '0'), &result)) {
            return false;
        }
    }
    *value = result;
    return true;
}

bool sim_parse_number(const char *word, uint64_t *value)
{
    if (*word < '0' || *word > '9') {
        return false;
    }
    char *rest;
    errno = 0;
    int base = word[0] == '0' && (word[1] == 'x' || word[1] == 'X') ? 16 : 10;
    uint64_t result = strtoull(word, &rest, base);
    if (errno != 0 || *rest != '\0') {
        return false;
    }
    *value = result;
    return true;
}

bool sim_parse_size(const char *word, uint64_t *value)
{
    return parse_with_unit(word, size_units, value);
}

bool sim_parse_memory(const char *word, uint64_t *value)
{
    uint64_t size = 0;
    if (!sim_parse_size(word, &size) || size % 4096 != 0 || size < MEMORY_LEAST ||
        size > MEMORY_MOST) {
        return false;
    }
    *value = size;
    return true;
}

bool sim_parse_time(const char *word, uint64_t *value)
{
    if (strcmp(word, "0") == 0) {
        *value = 0;
        return true;
    }
    return parse_with_unit(word, time_units, value);
}

bool sim_parse_choice(const char *word, const char *const *choices, uint64_t *value)
{
    for (size_t i = 0; choices[i] != NULL; i++) {
        if (strcmp(word, choices[i]) == 0) {
            *value = i;
            return true;
        }
    }
    return false;
}
