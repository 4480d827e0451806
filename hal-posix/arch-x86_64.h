/* SPDX-License-Identifier: MIT */
#pragma once

/* Places of the registers in a saved x86-64 context, for C and assembly. The first group is kept
 * at a call; the rest only if the context was interrupted or has not begun. */

#define WORD_RSP   0
#define WORD_RBX   1
#define WORD_RBP   2
#define WORD_R12   3
#define WORD_R13   4
#define WORD_R14   5
#define WORD_R15   6
#define WORD_FP    7 /* MXCSR, and the x87 control word 4 bytes on */
#define WORD_SAVED 8 /* SAVED_CALL, SAVED_FULL */

#define WORD_RIP   9
#define WORD_FLAGS 10
#define WORD_RAX   11
#define WORD_RCX   12
#define WORD_RDX   13
#define WORD_RSI   14
#define WORD_RDI   15
#define WORD_R8    16
#define WORD_R9    17
#define WORD_R10   18
#define WORD_R11   19
#define WORD_STATE 20 /* pointer to the xsave area that is loaded with these */

/* In the upper half of WORD_SAVED: what the thread has set for itself and C of the host must not
 * find. These words are kept at every entry. */
#define OWN_FS    1
#define OWN_FP    2 /* MXCSR */
#define OWN_FLAGS 4
#define WORD_FS   21
#define WORD_GS   22 /* kept when another context runs */

/* What the host's kernel calls the setting of FS. */
#define SYS_ARCH_PRCTL 158
#define ARCH_SET_FS    0x1002

#define FLAG_TRAP      0x100
#define FLAG_DIRECTION 0x400
#define FLAG_NESTED    0x4000
#define FLAG_ALIGNMENT 0x40000
#define FLAG_ID        0x200000 /* does nothing, but can be set and seen */
/* What neither C nor another thread is to find; and what they find. */
#define FLAGS_ODD   (FLAG_TRAP | FLAG_DIRECTION | FLAG_NESTED | FLAG_ALIGNMENT | FLAG_ID)
#define FLAGS_USUAL 0x202

#define MXCSR_USUAL 0x1f80
#define MXCSR_FLAGS 0x3f
