/* SPDX-License-Identifier: MIT */
/* The one locale. */

#include <limits.h>
#include <locale.h>
#include <string.h>

static char locale_name[] = "C";
static char locale_point[] = ".";
static char locale_nothing[] = "";

char *setlocale(int category, const char *name)
{
    static const char *const names[] = {"", "C", "POSIX", "C.UTF-8"};

    if ((category < LC_CTYPE || category > LC_MONETARY) && category != LC_ALL) {
        return NULL;
    }
    if (name == NULL) {
        return locale_name;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name, names[i]) == 0) {
            return locale_name;
        }
    }
    return NULL;
}

struct lconv *localeconv(void)
{
    static struct lconv convention = {
        .decimal_point = locale_point,
        .thousands_sep = locale_nothing,
        .grouping = locale_nothing,
        .int_curr_symbol = locale_nothing,
        .currency_symbol = locale_nothing,
        .mon_decimal_point = locale_nothing,
        .mon_thousands_sep = locale_nothing,
        .mon_grouping = locale_nothing,
        .positive_sign = locale_nothing,
        .negative_sign = locale_nothing,
        .int_frac_digits = CHAR_MAX,
        .frac_digits = CHAR_MAX,
        .p_cs_precedes = CHAR_MAX,
        .p_sep_by_space = CHAR_MAX,
        .n_cs_precedes = CHAR_MAX,
        .n_sep_by_space = CHAR_MAX,
        .p_sign_posn = CHAR_MAX,
        .n_sign_posn = CHAR_MAX,
        .int_p_cs_precedes = CHAR_MAX,
        .int_p_sep_by_space = CHAR_MAX,
        .int_n_cs_precedes = CHAR_MAX,
        .int_n_sep_by_space = CHAR_MAX,
        .int_p_sign_posn = CHAR_MAX,
        .int_n_sign_posn = CHAR_MAX,
    };

    return &convention;
}
