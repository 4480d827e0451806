/* SPDX-License-Identifier: MIT */
#pragma once

/* The pool of spaces of ended processes, kept whole (window, tables, frames and what the machine
 * has mapped of them) for the next process of the same shape: starting one is then a copy. Pooled
 * frames count as free and are given back when frames are short.
 *
 * A pooled space is exactly what its shape says, page by page, and its stack and argument are zero:
 * nobody has to tell what has become of a space, the table itself is compared. */

#include <stdbool.h>
#include <stdint.h>

#include "image.h"
#include "space.h"

struct kernel;
struct process;

#define SPACE_POOL_MOST 64 /* spaces kept at a time */

/* What every page of the space of a new process is to be, given its image and the pages of its
 * argument. Without runs if it is too large for the pool, or there is none. */
void space_pool_shape(struct kernel *kernel, const struct image *image, uint64_t argument_pages,
                      struct space_shape *shape);

/* Takes a space of this shape out of the pool. False: there is none, or the account may not have as
 * many frames. Its pages hold old bytes of some image, which the loader writes anew, every page of
 * it; stack and argument are zero. */
bool space_pool_take(struct kernel *kernel, struct account *account,
                     const struct space_shape *shape, struct space *space);

/* Puts the space of an ended process into the pool if its table is what grave->shape says. False:
 * it is for the reaper. */
bool space_pool_put(struct kernel *kernel, struct space *space, struct grave *grave);

/* Hands one pooled space to the reaper. False: the pool is empty. */
bool space_pool_shrink(struct kernel *kernel);

/* The pages of the window, from `first` to before `end`, that may have frames in a pooled space,
 * all zero: the top of the stack, and the argument. */
void space_pool_wiped(const struct space_shape *shape, uint64_t *first, uint64_t *end);

/* Whether the pages of a shape are in the table as it says, and nothing else. */
bool space_pool_is_shape(const struct space *space, const struct space_shape *shape);
