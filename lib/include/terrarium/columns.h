/* SPDX-License-Identifier: MIT */
#pragma once

/* How wide characters of UTF-8 are on a terminal (services.md 1.3). */

#include <stddef.h>

/* The character at the beginning of `size` bytes, at least one: returns its bytes. *columns: two
 * for wide ones, none for those that stand on the one before; a byte that is part of no character
 * counts as one of one column. */
size_t tru_character(const char *text, size_t size, size_t *columns);

/* The columns of all characters in `size` bytes. */
size_t tru_columns(const char *text, size_t size);
