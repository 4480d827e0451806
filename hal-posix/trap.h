/* SPDX-License-Identifier: MIT */
#pragma once

/* Signals: missing pages, faults of programs, ticks. Handlers are the host process's; they are
 * ours while any machine runs. */

#include "machine.h"

/* Makes sure that the handlers and this thread's signal stack are ours. */
void trap_hold(struct machine *machine);
void trap_release(struct machine *machine);

/* entry.c: the thread's signal stack, which is freed when its last machine is gone. */
void trap_thread_join(void);
void trap_thread_leave(void);
/* The handlers, which call these. */
void entry_fault(int signal, siginfo_t *info, void *signal_context);
void entry_tick(int signal, siginfo_t *info, void *signal_context);
/* The thread pointers that the host's C has on this thread and that was found; 0: the thread runs
 * no machines. */
struct entry {
    uint64_t host, found;
};
/* True: what was interrupted goes on where it was, and is to have what was found. */
bool trap_fault(int signal, siginfo_t *info, void *signal_context, const struct entry *entry);
bool trap_tick(void *signal_context, const struct entry *entry);

/* A tick: user code that is not counted may be running for too long. From the handler. True if it
 * is to be captured. */
bool watchdog_tick(struct machine *machine);
/* At a tick: the kit process at `ip` has made no call for too long (posix_config.stray_ns). */
bool watchdog_is_stray(const struct machine *machine, uint64_t ip);
/* The captured program is to be preempted. */
void watchdog_preempt(struct machine *machine);
/* Lets some of the time pass that a preempted program has used, up to the next event. False: it has
 * all passed, or others run first. */
bool watchdog_push(struct machine *machine, const struct hal_context *next);
/* False, with a sentence in `error`: the host has no timer for it. */
bool watchdog_create(struct machine *machine, char *error, size_t error_size);
void watchdog_destroy(struct machine *machine);
/* A run begins, and ends. */
void watchdog_start(struct machine *machine);
void watchdog_stop(struct machine *machine);
/* A tick has been taken, and what it interrupted goes on: the next one is due. */
void watchdog_next(struct machine *machine);

#define TICK_SIGNAL SIGRTMIN

/* fault.c: user code was stopped by a signal and is saved; tells the kernel if it must. Returns the
 * context to run next. */
struct hal_context *fault_handle(struct machine *machine);
