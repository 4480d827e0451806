/* SPDX-License-Identifier: MIT */
#pragma once

/* What a program's start-up gives it, beside main (interface.md 3, "Start"). Implemented in lib/,
 * linked into every program. */

#include <stdint.h>

/* The argument exactly as the parent gave it; *size its bytes. NULL size is allowed. The memory is
 * the process's own, readable for its whole life; not NULL even if the argument is empty. */
const void *tr_argument(uint64_t *size);

/* What the program does, in a line for lists of programs (services.md 4): a note in its file.
 * Once in one of its sources, outside of functions; 1 to TR_ABOUT_MAX letters 0x20 to 0x7e:
 *
 *     TR_PROGRAM_ABOUT("says hello");
 */
#define TR_ABOUT_MAX  60
#define TR_ABOUT_NAME "Terrarium" /* the note's owner … */
#define TR_ABOUT_TYPE 1           /* … and kind */
#define TR_PROGRAM_ABOUT(text)                                                                     \
    __attribute__((section(".note.terrarium"), used, aligned(4))) static const struct {            \
        uint32_t name_size, text_size, type;                                                       \
        char name[(sizeof(TR_ABOUT_NAME) + 3) / 4 * 4], words[sizeof(text)];                       \
    } tr_program_about = {sizeof(TR_ABOUT_NAME), sizeof(text), TR_ABOUT_TYPE, TR_ABOUT_NAME, text}
