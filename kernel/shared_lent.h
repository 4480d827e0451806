/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared memory over a map of a driver (TR_SHARED_FROM), for the files of shared memory and of
 * physical maps. */

#include <stdint.h>

struct kernel;
struct process;
struct space;

/* tr_shared_create with TR_SHARED_FROM; the out-words have been checked. */
int64_t shared_create_from(struct kernel *kernel, uint64_t pages, uint32_t prot_for_others,
                           uint64_t key, uint64_t va);
/* Gives back those of a list of frames that are its own: taken for pages that were lost. */
void shared_lent_give(struct kernel *kernel, const uint32_t *frames, uint64_t count);

/* The process has lost these pages of its maps: where they were lent they become zero pages. */
void shared_lender_lost(struct kernel *kernel, struct process *process, uint64_t va,
                        uint64_t pages);
/* The process has no maps any more. */
void shared_lender_ended(struct process *process);
/* First touch of a page that was lost: the same frame of zeros for every member. 0 or TR_E_NOMEM.
 */
int64_t shared_back_lost(struct kernel *kernel, struct space *space, uint64_t va);
