/* SPDX-License-Identifier: MIT */
#pragma once

/* Signals that end a run: all that would end the process and can be taken, SIGINT, SIGTERM and
 * SIGHUP first of all. The first one ends it cleanly at the machine's next safe point and ends
 * every call of the host in which the caller of sim_signals_install may be; a second one ends the
 * process at once. SIGPIPE and SIGXFSZ are ignored; a fault leaves last words. On a terminal
 * SIGTSTP and SIGCONT give it back and take it again. */

#include <stdbool.h>

struct machine;

/* Call before other threads and the machine are made; has_terminal: it is in raw mode. False after
 * a complaint. */
bool sim_signals_install(bool has_terminal);

/* The run is over, and signals do what they did before. If one has been taken, they stay: what is
 * still to be said must not keep the process from its end. */
void sim_signals_release(void);

/* The machine to interrupt; NULL: none now. */
void sim_signals_machine(struct machine *machine);

/* As if it came from outside, from any thread; nothing if it would be ignored. */
void sim_signals_send(int number);

/* The first signal that came, 0: none. A call of the host that returns EINTR then is given up. */
int sim_signals_taken(void);
