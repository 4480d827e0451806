/* SPDX-License-Identifier: MIT */
#pragma once

/* The list of what init starts: the boot module `init.list`, or without one `keep session shell`.
 * One line a program, # begins a comment:
 *
 *     start CLASS PROGRAM ARGUMENT…    started once
 *     keep CLASS PROGRAM ARGUMENT…     started again whenever it ends
 *     session PROGRAM ARGUMENT…        short for start session
 *
 * CLASS is driver, server, application, or session: an application that may ask init (see
 * service/init.h). When a session that was started once has ended, or one that is kept exits by
 * itself, the system stops with its status. */

/* Starts all that the list names. What cannot be started is said and left out. */
void list_start(void);
