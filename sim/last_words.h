/* SPDX-License-Identifier: MIT */
#pragma once

/* The one line that the simulator leaves when it is ended by a signal that nobody can take: a fault
 * in its own code, which a program may have caused, or a signal of that kind from outside. The
 * process then ends by that signal. */

struct machine;

/* Call before the machine is made, whose handlers are for programs and pass on what is not theirs.
 * A handler that is there already, a sanitizer's, stays. */
void sim_last_words_install(void);

/* The machine whose process is named; NULL: none. */
void sim_last_words_machine(struct machine *machine);
