/* SPDX-License-Identifier: MIT */
#pragma once

/* Runs of pages that come and go together, without frames of the process's own: whole pieces of a
 * table at a time, so that reserving a range and giving it up costs next to nothing a page. */

#include <stdint.h>

#include "space.h"

/* Gives free pages the same entry; their tables must be there. */
void space_set_run(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages,
                   uint64_t entry);
/* Empties entries, all in use; tables that are empty then are freed. The machine is not told. */
void space_unset_run(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages);
