/* SPDX-License-Identifier: MIT */
#pragma once

/* Many frames at once, listed by number: pages of shared memory, bodies of large messages. They are
 * taken and given back in runs as long as there are, so neighbours in the list are mostly
 * neighbours in memory. */

#include <stdint.h>

#include "frame.h"

/* Fills the list. 0, or TR_E_NOMEM with nothing taken. */
int64_t frame_list_take(struct kernel *kernel, const struct account *account, enum frame_use use,
                        uint32_t *frames, uint64_t count);
void frame_list_give(struct kernel *kernel, const uint32_t *frames, uint64_t count);

/* A run of at most `most` frames, of order *order or, if there is none, of the next below, which
 * *order then tells: begin with FRAME_ORDERS - 1. 0 or TR_E_NOMEM. */
int64_t frame_run_take(struct kernel *kernel, const struct account *account, enum frame_use use,
                       uint64_t most, uint32_t *order, uint32_t *frame);

/* How many frames from the first on follow each other in memory. */
uint64_t frame_list_run(const uint32_t *frames, uint64_t count);
