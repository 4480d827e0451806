/* SPDX-License-Identifier: MIT */
#pragma once

/* Private memory of a process (interface.md 5): pages from frames, kept in its page table. Calls in
 * steps keep their pages pending (ENTRY_PENDING), from the first step on or until the last, so that
 * what other threads do meanwhile cannot touch them, and what is given up is exactly what was
 * taken. */

#include <stdint.h>

struct kernel;
struct space;
struct thread;

/* Takes frames for `pages` free pages at va, in runs as long as can be had, contents undefined, and
 * enters them pending. 0 or TR_E_NOMEM with nothing changed. */
int64_t memory_take(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages);
/* Zeroes pages that were taken. */
void memory_zero(struct kernel *kernel, const struct space *space, uint64_t va, uint64_t pages);
/* All are zero: they are there from now on. */
void memory_open(struct space *space, uint64_t va, uint64_t pages, uint32_t prot);

/* Private pages or those of a module become pending. The machine is told. */
void memory_withdraw(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages);
/* Frees pending pages. */
void memory_drop(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages);

/* Frees private pages that are there; others are skipped. The machine is told. */
void memory_give(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages);

/* How many pages are pending for a thread's call: for the audit. */
uint64_t memory_pending(const struct thread *thread);
