/* SPDX-License-Identifier: MIT */
#pragma once

/* What differs between processors, beside the gate: arch-x86_64.c, arch-aarch64.c. */

#include "machine.h"
#include "trap.h"

/* Code that runs with a thread pointer that may be a program's: nothing that the compiler adds may
 * touch thread-local storage. */
#if defined(__has_attribute) && __has_attribute(no_stack_protector)
#define UNGUARDED __attribute__((no_stack_protector, no_sanitize("address", "undefined")))
#else
#define UNGUARDED __attribute__((no_sanitize("address", "undefined")))
#endif

/* What xsave (or its like) keeps: the size of an area and the mask. False: not usable here. */
bool arch_state_probe(uint64_t *size, uint64_t *mask);
/* Makes the zeroed area that of a thread that has not begun. */
void arch_state_init(void *state);

/* What the interrupted instruction was about. */
uint64_t arch_signal_ip(const void *signal_context);
uint32_t arch_signal_access(const void *signal_context, const siginfo_t *info);

/* A handler begins with the program's flags and thread pointer: takes off what would make its own
 * code fault, and sets this one; returns what it found. At its end that is set again, if the
 * program goes on where it was. */
UNGUARDED uint64_t arch_signal_begin(uint64_t thread_pointer);
/* is_told: the gate has set it so that the host's kernel knows (gate.told). */
UNGUARDED void arch_signal_end(uint64_t found, bool is_told);
/* That of this host thread's C. */
UNGUARDED uint64_t arch_thread_pointer(void);

/* Valgrind moves the stack pointer before the store of a push or call, so that one that met a
 * missing page would be run twice: moves it back. `address` is the missing page's. */
void arch_undo_push(void *signal_context, uint64_t address);

/* Copies the general registers of the interrupted program into the running context and makes the
 * signal return to the capture routine. The context must have an area for the rest. */
void arch_capture(void *signal_context, struct machine *machine, uint64_t thread_pointer);
/* If this is the trap with which the gate resumes an interrupted context (where no instruction
 * can): makes the signal return into it. False: it is not. */
bool arch_resume(void *signal_context, const struct hal_context *context);
/* Makes the signal return to gate_abort: the context in memory is complete. */
void arch_abort(void *signal_context, struct machine *machine);

/* Sets a context that begins where threads do with the machine's first state; it calls `ip` with
 * the two words. */
void arch_start(struct machine *machine, struct hal_context *context, uint64_t ip, uint64_t sp,
                const uint64_t words[2]);
uint64_t arch_stack_pointer(const struct hal_context *context);
/* The context, which is in a call, has this thread pointer from now on; 0: the host's. False: this
 * machine keeps none. */
bool arch_set_pointer(struct hal_context *context, uint64_t address);
/* The area of the context, NULL if it has none. */
void *arch_state(const struct hal_context *context);
void arch_set_state(struct hal_context *context, void *state);

/* What the processor calls the exception behind a signal, and its error code; 0 where it has no
 * such numbers. */
void arch_signal_trap(const void *signal_context, struct trap *trap);

/* User code, saved in the context, was stopped by a signal: fills in cause, detail, access and
 * address, where access and address are the signal's and ip is set. Cause 0: it was an access to
 * ports that the process may make, and has been carried out. */
void arch_fault(struct machine *machine, struct hal_context *context, const struct trap *trap,
                struct hal_fault *fault);

/* Around a run: notes what of this host thread the gate must know; afterwards the thread has it. */
void arch_run_begin(struct machine *machine);
void arch_run_end(struct machine *machine);

/* Text is new at these addresses: instruction caches must be told. */
void arch_new_text(uint64_t va, uint64_t size);

extern const uint32_t arch_elf_machine;
extern const char arch_state_name[];
/* False: a program cannot be resumed where a tick interrupted it. */
extern const bool arch_can_preempt;
