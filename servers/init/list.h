/* SPDX-License-Identifier: MIT */
#pragma once

/* The list of what init starts: the boot module `init.list`, or without one a session with the
 * shell. One line a program, # begins a comment:
 *
 *     start CLASS PROGRAM ARGUMENT…    started once
 *     keep CLASS PROGRAM ARGUMENT…     started again whenever it ends
 *     session PROGRAM ARGUMENT…        an application that may ask init; kept until it exits
 *
 * CLASS is driver, server or application. */

/* Starts all that the list names. What cannot be started is said and left out. */
void list_start(void);
