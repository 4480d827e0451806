/* SPDX-License-Identifier: MIT */
/* Canaries of a program that was compiled to look at them (-fstack-protector): by this file it has
 * one of its own, another in each process, and the same in two runs of one seed. On x86-64 it lies
 * in each thread's block, on Arm it is a variable. */

#include "start/canary.h"

#include "threads/block.h"

extern const char lib_looks_at_canary;
const char lib_looks_at_canary = 1;

extern uint64_t __stack_chk_guard;
uint64_t __stack_chk_guard;

_Noreturn void __stack_chk_fail(void);

/* Before any constructor of the program. */
__attribute__((constructor(101))) static void guard_take(void)
{
    __stack_chk_guard = lib_canary;
}

void __stack_chk_fail(void)
{
    lib_musl_canary_changed();
}
