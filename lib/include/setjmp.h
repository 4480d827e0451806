/* SPDX-License-Identifier: MIT */
#pragma once

/* Jumps out of functions, as in ISO C: back to where setjmp was called, if that function has not
 * returned meanwhile, and in the same thread. */

typedef unsigned long jmp_buf[24];

int setjmp(jmp_buf place) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf place, int value);
