/* SPDX-License-Identifier: MIT */
/* Names and sentences of errors, a view of errors.def. */

#include <stddef.h>
#include <string.h>
#include <terrarium/error.h>

struct error_row {
    const char *name, *text;
};

static const struct error_row error_rows[] = {
    {"TR_OK", "It worked."},
#define TR_ERROR(name, value, sentence) [value] = {"TR_E_" #name, sentence},
#include <terrarium/errors.def>
#undef TR_ERROR
};

static const struct error_row *error_row(int64_t error)
{
    static const struct error_row unknown = {"TR_E_?", "This is no error number of Terrarium."};
    int64_t count = sizeof error_rows / sizeof error_rows[0];

    if (error > 0 || error <= -count || error_rows[-error].name == NULL) {
        return &unknown;
    }
    return &error_rows[-error];
}

const char *tr_error_name(int64_t error)
{
    return error_row(error)->name;
}

const char *tr_error_text(int64_t error)
{
    return error_row(error)->text;
}
