/* SPDX-License-Identifier: MIT */
#pragma once

/* The pool of spaces of ended processes, kept whole (window, tables, frames and what the machine
 * has mapped of them) for the next process of the same shape: starting one is then a copy. Pooled
 * frames count as free and are given back when frames are short. */

#include <stdbool.h>
#include <stdint.h>

#include "image.h"
#include "space.h"

struct kernel;
struct process;

#define SPACE_POOL_MOST 64 /* spaces kept at a time */

/* Everything that decides the entries of a new process's table in a given window: the image's
 * segments, their alignment and what is read-only after binding, the size of the argument. Never 0
 * for a shape that can be pooled; 0 for one that cannot. */
uint64_t space_pool_shape(struct kernel *kernel, const struct image *image,
                          uint64_t argument_pages);

/* Takes a space of this shape out of the pool. False: there is none. Its pages hold old bytes of
 * the same image or zeros: the loader writes every page of the image anew; stack and argument are
 * zero. */
bool space_pool_take(struct kernel *kernel, struct space *space, uint64_t shape);

/* Puts the space of an ended process into the pool if its shape is still what it was. False: it is
 * for the reaper. */
bool space_pool_put(struct kernel *kernel, struct space *space, struct grave *grave);

/* Hands one pooled space to the reaper. False: the pool is empty. */
bool space_pool_shrink(struct kernel *kernel);

/* Private pages that are about to be changed by the program itself: a space that loses part of its
 * shape is not pooled. */
void space_pool_altered(struct space *space, uint64_t va, uint64_t pages);
