/* SPDX-License-Identifier: MIT */
#pragma once

/* Signals that end a run: SIGINT, SIGTERM, SIGHUP and SIGQUIT end it cleanly at the machine's next
 * safe point; a second one ends the process at once. SIGPIPE is ignored. */

struct machine;

/* Installs the handlers. Call before the machine is made. */
void sim_signals_install(void);

/* The machine to interrupt; NULL: none now. */
void sim_signals_machine(struct machine *machine);

/* The first signal that came, 0: none. */
int sim_signals_taken(void);
