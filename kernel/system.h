/* SPDX-License-Identifier: MIT */
#pragma once

/* Stopping the machine (interface.md 12), and facts about the system.
 *
 *   running -> stopping (tr_system_stop, tr_system_reboot, soft panic)
 *   stopping -> stopped (every process asked has answered or ended, or the deadline) */

struct kernel;
struct process;

void system_setup(struct kernel *kernel);

/* The last boot module has been started: sets kernel->booted_at. */
void system_booted(struct kernel *kernel);

/* No log after boot: SAVE_STATE to all, 5 s, reboot. Nothing if a stop is in progress. */
void system_soft_panic(struct kernel *kernel);

/* A process has ended and is in no table any more: nobody waits for its answer. */
void system_process_gone(struct kernel *kernel, struct process *process);
