/* SPDX-License-Identifier: MIT */
/* Wrong deeds that take an instruction of their own, on x86-64. */

#include "faults.h"

void fault_illegal(void)
{
    __asm__ volatile("ud2");
}

void fault_privileged(void)
{
    __asm__ volatile("hlt");
}

void fault_divide(void)
{
    unsigned low = 1;
    unsigned high = 0;

    __asm__ volatile("divl %2" : "+a"(low), "+d"(high) : "r"(0) : "cc");
}
