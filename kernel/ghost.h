/* SPDX-License-Identifier: MIT */
#pragma once

/* Ghost functions: names that programs leave undefined and that the loader binds to code the
 * machine provides, one copy for all programs. */

#include <stdint.h>

struct kernel;

/* The address of a ghost by full name ("tr_log"), 0: none of that name. */
uint64_t ghost_find(struct kernel *kernel, const char *name);
