/* SPDX-License-Identifier: MIT */
/* For test_roams.sh: writes 64 MiB from the address on that the word says. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define WORDS ((UINT64_C(64) << 20) / sizeof(uint64_t))

int main(int argc, char **argv)
{
    volatile uint64_t *at =
        (volatile uint64_t *)(uintptr_t)strtoull(argc > 1 ? argv[1] : "0", NULL, 16);

    for (uint64_t i = 0; i < WORDS; i++) {
        at[i] = UINT64_MAX;
    }
    printf("wrote\n");
    return 0;
}
