/* SPDX-License-Identifier: MIT */
#pragma once

/* Numbers by chance, from the host's rand(). */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline uint64_t random_word(void)
{
    return (uint64_t)rand() << 62 ^ (uint64_t)rand() << 31 ^ (uint64_t)rand();
}

/* Half of them with any bits, half of them of everyday size with few digits. */
static inline double random_real(void)
{
    uint64_t bits = random_word();
    double value;

    if (rand() % 2 == 0) {
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    return (double)(int64_t)(bits >> rand() % 64) / (double)(UINT64_C(1) << rand() % 40);
}
