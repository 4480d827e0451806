/* SPDX-License-Identifier: MIT */
/* rand: the 64-bit linear congruential generator with Knuth's MMIX constants, upper bits out. */

#include <stdint.h>
#include <stdlib.h>

static uint64_t random_state = 1;

void srand(unsigned seed)
{
    random_state = seed;
}

int rand(void)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)(random_state >> 33);
}
