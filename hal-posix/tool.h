/* SPDX-License-Identifier: MIT */
#pragma once

/* Words to memory checkers; each does nothing if there is none. tool.c and tool-none.c. */

#include "machine.h"

/* Pages were mapped: a program that is new there must not be taken for the one before it. */
void tool_filled(struct machine *machine, uint64_t va, uint64_t size, uint32_t prot);

/* How many times slower than usual programs run here, roughly. */
uint32_t tool_slowness(void);
