/* SPDX-License-Identifier: MIT */
#pragma once

/* What a program's start-up gives it, beside main (interface.md 3, "Start"). Implemented in lib/,
 * linked into every program. */

#include <stdint.h>

/* The argument exactly as the parent gave it; *size its bytes. NULL size is allowed. The memory is
 * the process's own, readable for its whole life; not NULL even if the argument is empty. */
const void *tr_argument(uint64_t *size);
