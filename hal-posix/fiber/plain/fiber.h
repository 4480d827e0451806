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

static inline void fiber_stack(const void *low, uint64_t size)
{
    (void)low;
    (void)size;
}

static inline void fiber_leaves_kit(struct machine *machine, void **save)
{
    (void)machine;
    (void)save;
}

static inline void fiber_enters_kit(struct machine *machine, void *save)
{
    (void)machine;
    (void)save;
}

/* The function that a thread of a kit process begins in. */
static inline uint64_t fiber_entry(uint64_t ip)
{
    return ip;
}

static inline void fiber_began(struct hal_context *context, uint64_t top)
{
    (void)context;
    (void)top;
}

static inline void fiber_ended(const struct hal_context *context)
{
    (void)context;
}

static inline void fiber_forget(struct machine *machine)
{
    (void)machine;
}
