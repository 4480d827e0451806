/* SPDX-License-Identifier: MIT */
#pragma once

/* The protocol of the console driver `d\console` (see service.h for the form of its messages).
 *
 * Output is a stream of bytes in UTF-8, "\n" ends a line. Nothing is ever dropped: while the
 * console's buffer is full a WRITE is answered later, so a writer waits and nobody else does.
 *
 * Complaints (TR_CONSOLE_ERROR) go where the machine keeps them apart, behind all that was written
 * before them; where it does not, as on a terminal, they are output like any other.
 *
 * The end of the input is the loss of the carrier: the simulator lets it go when its own standard
 * input has ended. On a terminal a person types ^D on an empty line; elsewhere every byte is one.
 */

#include <terrarium/service/service.h>

#define TR_CONSOLE_NAME "d\\console"

enum tr_console_operation {
#define TR_CONSOLE_OPERATION(name, number, meaning) TR_CONSOLE_##name = (number),
#include <terrarium/service/console.def>
#undef TR_CONSOLE_OPERATION
};

/* Most bytes of one READ_LINE or READ_BYTES; a line's newline is one of them. On a terminal a line
 * that is longer than its reader asked for is refused whole, and the person is told; elsewhere the
 * reader gets it in pieces. */
#define TR_CONSOLE_LINE_MAX 4096

/* Flag of WRITE. */
#define TR_CONSOLE_ERROR 1

/* Flag of FOREGROUND: the process may borrow the session. */
#define TR_CONSOLE_LEND 1

/* Result bit of INFO. */
#define TR_CONSOLE_TERMINAL 1

/* Tag of the plain message, without a body, that tells the holder of the session of ^C. */
#define TR_CONSOLE_INTERRUPT UINT64_C(3)

/* Tag of the one that tells of a key after KEY. */
#define TR_CONSOLE_ANY_KEY UINT64_C(256)
