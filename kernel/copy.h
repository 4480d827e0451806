/* SPDX-License-Identifier: MIT */
#pragma once

/* Checked copies between the kernel and a process's memory, by walking its table. They never fault;
 * they give TR_E_FAULT, or TR_E_NOMEM if a page could not be backed. Nobody else touches user
 * memory. The fast paths for ranges that lie in one page are in copy_view.h. */

#include <stdint.h>

struct kernel;
struct process;

/* 0 if every byte may be accessed so (TR_READ, TR_WRITE); backs pages on the way, so that a copy
 * right after it does not fail. size 0 is always fine. */
int64_t copy_check(struct kernel *kernel, struct process *process, uint64_t va, uint64_t size,
                   uint32_t access);
int64_t copy_in(struct kernel *kernel, struct process *process, void *to, uint64_t va,
                uint64_t size);
/* Writes all or, if any byte may not be written, nothing. */
int64_t copy_out(struct kernel *kernel, struct process *process, uint64_t va, const void *from,
                 uint64_t size);

/* The kernel's view of the page at va, valid until the space changes; NULL if it may not be
 * accessed so. For real-mode code. */
uint8_t *copy_page(struct kernel *kernel, struct process *process, uint64_t va, uint32_t access);

/* From one process to another; both ranges are checked before the first byte moves. They may
 * overlap, in one process or in memory that both share. */
int64_t copy_across(struct kernel *kernel, struct process *from, uint64_t from_va,
                    struct process *to, uint64_t to_va, uint64_t size);

/* A terminated string of at most `size` - 1 bytes. TR_E_INVAL if it is longer. */
int64_t copy_in_string(struct kernel *kernel, struct process *process, char *to, uint64_t va,
                       uint64_t size);

/* A range that was found to be writable when its thread went to sleep, and is written when the
 * thread is served. The view is good while nothing has been taken from the space. */
struct copy_target {
    uint64_t va, size;
    uint8_t *view; /* NULL: not in one page */
    uint64_t epoch;
};
/* copy_check for writing that keeps what it found. */
int64_t copy_target_set(struct kernel *kernel, struct process *process, uint64_t va, uint64_t size,
                        struct copy_target *target);
