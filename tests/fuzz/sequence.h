/* SPDX-License-Identifier: MIT */
#pragma once

/* How the call fuzzer reads its bytes, shared with the generator of its corpus.
 *
 * An operation begins with a byte. Below SEQUENCE_OTHERS it is a call of that number (modulo 128),
 * followed by a byte that chooses the process and six words; below SEQUENCE_RAISE time passes, the
 * next byte says how many milliseconds; below SEQUENCE_FAULT a line rises; else the running process
 * faults. A word is a byte: its low three bits say what it is, the others are a number. */

#include <stdint.h>

#define SEQUENCE_OTHERS 244
#define SEQUENCE_RAISE  248
#define SEQUENCE_FAULT  252

enum sequence_word {
    SEQUENCE_ZERO,
    SEQUENCE_SMALL,   /* the number */
    SEQUENCE_POINTER, /* into the arena, SEQUENCE_STRIDE bytes times the number */
    SEQUENCE_RESULT,  /* what a former call returned */
    SEQUENCE_LARGE,   /* the number shifted by SEQUENCE_SHIFT */
    SEQUENCE_PID,
    SEQUENCE_RAW,    /* the next eight bytes */
    SEQUENCE_EXTREME /* one of a table of extremes */
};

#define SEQUENCE_ARENA  65536
#define SEQUENCE_STRIDE 2048
#define SEQUENCE_SHIFT  20
#define SEQUENCE_TEXT   "disks\\floppy\\0"
