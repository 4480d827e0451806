/* SPDX-License-Identifier: MIT */
#pragma once

/* The list of what init starts: the boot module `init.list`, or without one `detect` and `session
 * shell`. One line a program, # begins a comment:
 *
 *     detect                           looks for hardware and starts its drivers (detect.h)
 *     start CLASS PROGRAM ARGUMENT…    started once; CLASS is driver, server or application
 *     keep CLASS PROGRAM ARGUMENT…     started again whenever it ends
 *     session PROGRAM ARGUMENT…        an application that may ask init (service/init.h), kept
 *                                      until it exits by itself
 *     once PROGRAM ARGUMENT…           likewise, not kept: its end of any kind is the system's;
 *                                      without an argument it gets the boot module
 *                                      `once.argument`, if there is one, byte by byte
 *
 * With the end of its session the system stops, with its exit code, or 128 + the cause of a fault,
 * or 137 if it was killed, or 126 if it could not be started once. */

/* Starts all that the list names. What cannot be started is said and left out. */
void list_start(void);
