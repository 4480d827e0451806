/* SPDX-License-Identifier: MIT */
#pragma once

/* The host terminal in raw mode: every key reaches the guest. It is put back at every end of the
 * simulator, however it comes: by the run's end, by exit(), or, should the process be killed or
 * crash, by a small guard process that does nothing but wait for that. */

#include <stdbool.h>

/* False (and nothing changed) if fd is no terminal or does not obey. Once per process. */
bool sim_terminal_raw(int fd);

/* How a line of ours ends there at present: a raw terminal does not go back to the first column by
 * itself. */
const char *sim_terminal_line_end(int fd);

/* May be called at any time, more than once, from a signal handler too. */
void sim_terminal_restore(void);
