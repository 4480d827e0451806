/* SPDX-License-Identifier: MIT */
#pragma once

/* AddressSanitizer must know on which stack instrumented C runs: the host's, or that of a kit
 * process. Programs in windows are not instrumented and need no word. */

#include "hal-posix/machine.h"

/* The machine's C begins, or ends with `next` to run. */
void fiber_left_user(struct machine *machine);
void fiber_enters_user(struct machine *machine, struct hal_context *next);

/* Around the gate, on the stack of a kit process. */
void fiber_leaves_kit(struct machine *machine, void **save);
void fiber_enters_kit(struct machine *machine, void *save);

/* A stack for kit processes exists from now on, for all machines. */
void fiber_stack(const void *low, uint64_t size);
/* The function that a thread of a kit process begins in: it calls its second argument. */
uint64_t fiber_entry(uint64_t ip);
/* It begins on the stack below `top`. */
void fiber_began(struct hal_context *context, uint64_t top);
/* A thread has ended, perhaps in the middle of its functions: their frames are no longer marked, so
 * that its stack may be used for something else. */
void fiber_ended(const struct hal_context *context);
/* The machine ends; perhaps a test has jumped out of a kit process. */
void fiber_forget(struct machine *machine);
