/* SPDX-License-Identifier: MIT */
#pragma once

/* Without AddressSanitizer nobody must be told that the stack changes. */

#include "hal-posix/machine.h"

static inline void fiber_left_user(struct machine *machine)
{
    (void)machine;
}

static inline void fiber_enters_user(struct machine *machine, struct hal_context *next)
{
    (void)machine;
    (void)next;
}
