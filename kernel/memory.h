/* SPDX-License-Identifier: MIT */
#pragma once

/* Private memory of a process (abi.md 5): pages from frames, kept in its page table. */

#include <stdint.h>

struct kernel;
struct space;

/* Takes frames for `pages` free pages at va, in runs as long as can be had, contents undefined, and
 * enters them with nothing allowed. 0 or TR_E_NOMEM with nothing changed. */
int64_t memory_take(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages);
/* Zeroes pages entered so and allows `prot`. */
void memory_open(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages,
                 uint32_t prot);
/* Frees private pages; holes are skipped. The machine is told. */
void memory_give(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages);
