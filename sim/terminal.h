/* SPDX-License-Identifier: MIT */
#pragma once

/* The host terminal in raw mode while we hold it: every key reaches the guest. A shell may stop the
 * simulator, go on with it in the background, and give it the terminal again; another program's
 * terminal is never touched. It is put back at every end of the simulator, however it comes: by the
 * run's end, or, should the process be killed or crash, by a small guard process that does nothing
 * but wait for that. */

#include <stdbool.h>

/* Raw mode, as soon as we hold it. False (and nothing changed) if fd is no terminal. Once per
 * process, and before it has other threads. */
bool sim_terminal_raw(int fd);

/* How a line of ours ends there at present: a raw terminal does not go back to the first column by
 * itself. */
const char *sim_terminal_line_end(int fd);

/* True if we are the ones whom keys are for: the process's group is in the foreground. */
bool sim_terminal_is_held(void);

/* True if there was one and it has been hung up. */
bool sim_terminal_is_gone(void);

/* Raw mode again, if we hold it: after being stopped. From any thread. */
void sim_terminal_take(void);

/* Puts it back for a while, before being stopped. From any thread. */
void sim_terminal_leave(void);

/* Puts it back for good. May be called at any time, more than once, from a signal handler too. */
void sim_terminal_restore(void);
