/* SPDX-License-Identifier: MIT */
#pragma once

/* Errors of the program interface (interface.md 1). A call returns a value >= 0 or one of these,
 * all negative. The list itself is errors.def. */

#include <stdint.h>

enum tr_error {
    TR_OK = 0,
#define TR_ERROR(name, value, text) TR_E_##name = -(value),
#include <terrarium/errors.def>
#undef TR_ERROR
};

/* "TR_E_NOENT" for an error, "TR_OK" for 0, "TR_E_?" for a value that is no error. Never NULL. */
const char *tr_error_name(int64_t error);

/* One English sentence for an error. Never NULL. */
const char *tr_error_text(int64_t error);
