/* SPDX-License-Identifier: MIT */
#pragma once

/* What drivers map beside private memory (interface.md 10): device memory, and frames that devices
 * reach. A map is a run of pages over successive frames; it may be released whole or in parts. */

#include <stdbool.h>
#include <stdint.h>

#include "list.h"

struct kernel;
struct process;
struct thread;

struct physical_map {
    struct list owned; /* in process->maps */
    struct process *process;
    uint64_t va, pages;
    uint32_t frame;
    uint32_t prot; /* the most that its pages may allow */
    bool is_dma;
    struct thread *worker; /* makes it (its pages allow nothing yet) or releases it in steps; NULL:
                              it is whole, and calls find it */
};

/* The map that covers an address, NULL: none. */
struct physical_map *physical_map_at(const struct process *process, uint64_t va);

/* All of a range of mapped pages is about to be released by the thread, in steps: no call finds it
 * any more. 0, FAULT where pages are not there yet, or LIMIT or NOMEM: what stays on the sides may
 * need records. */
int64_t physical_release_begin(struct kernel *kernel, struct thread *thread, uint64_t va,
                               uint64_t pages);
/* Releases at most STEP_PAGES of these pages. True: all are gone. */
bool physical_release_step(struct kernel *kernel, struct thread *thread);
/* The thread ends: the rest goes at once. A thread_step_abort. */
void physical_release_abort(struct kernel *kernel, struct thread *thread);
/* Releases every map that the range touches, whole. */
void physical_clear(struct kernel *kernel, struct process *process, uint64_t va, uint64_t pages);
void physical_end_all(struct kernel *kernel, struct process *process);

/* Successive frames for devices: idle ones, or else free ones join these. `align` is in
 * frames, a power of two; they end below frame `limit`. 0 or TR_E_NOMEM. */
#define DMA_PAGES_MOST 2048
int64_t dma_take(struct kernel *kernel, struct process *process, uint64_t pages, uint64_t limit,
                 uint64_t align, uint32_t *frame);
/* They are idle from now on, for good: a device may still be about to write there. */
void dma_give(struct kernel *kernel, uint32_t frame, uint64_t pages);
