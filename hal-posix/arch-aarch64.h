/* SPDX-License-Identifier: MIT */
#pragma once

/* Places of the registers in a saved AArch64 context, for C and assembly. The first group is kept
 * at a call; the rest only if the context was interrupted. */

#define WORD_SP    0
#define WORD_X19   1 /* to x30, twelve words */
#define WORD_X20   2
#define WORD_X29   11
#define WORD_X30   12
#define WORD_FPCR  13
#define WORD_SAVED 14 /* SAVED_CALL, SAVED_FULL */
#define WORD_D8    15 /* to d15, eight words */

#define WORD_PC    23
#define WORD_FLAGS 24
#define WORD_X0    25 /* to x18, nineteen words */
#define WORD_STATE 44 /* pointer to the area with FPSR, FPCR, q0 to q31 */

/* In the upper half of WORD_SAVED: the thread has set the thread pointer, which is kept then. */
#define OWN_POINTER  1
#define WORD_POINTER 45
