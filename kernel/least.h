/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/* The smaller of two: how much of something can be done. */
static inline uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}
