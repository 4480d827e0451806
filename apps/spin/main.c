/* SPDX-License-Identifier: MIT */
/* Computes and makes no call, for ever or for some rounds: a program that never gives the processor
 * away by itself. Built twice: `spin` counts its basic blocks, so virtual time takes the processor
 * from it at a point that is the same in every run; `spin-uncounted` does not, and only the
 * watchdog of the machine can. Usage: spin [ROUNDS]. */

#include <stdint.h>
#include <stdlib.h>
#include <terrarium/program.h>

TR_PROGRAM_ABOUT("computes and makes no call, for some rounds or for ever");

static uint64_t step(uint64_t value)
{
    value ^= value << 13;
    value ^= value >> 7;
    return value ^ value << 17;
}

int main(int argc, char **argv)
{
    uint64_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : UINT64_MAX;
    volatile uint64_t value = 88172645463325252U;

    for (uint64_t i = 0; i < rounds; i++) {
        value = step(value);
    }
    return value == 0;
}
