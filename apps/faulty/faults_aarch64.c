/* SPDX-License-Identifier: MIT */
/* Wrong deeds that take an instruction of their own, on aarch64. This processor divides by zero
 * without a word, and tells of a privileged instruction as of an illegal one. */

#include "faults.h"

void fault_illegal(void)
{
    __asm__ volatile(".inst 0");
}

void fault_privileged(void)
{
    __asm__ volatile("mrs x0, sctlr_el1" : : : "x0");
}

void fault_divide(void)
{
    __asm__ volatile(".inst 0");
}
