/* SPDX-License-Identifier: MIT */
#pragma once

/* Joins of pipes and shared memory by key: what a wrong one costs (abi.md 8, Keys). */

#include <stdint.h>

struct kernel;

/* A wrong join: gives TR_E_ACCES, at once or after the penalty (CALL_LATER). */
int64_t join_refused(struct kernel *kernel);
/* Whether the running thread may try a key now: 0, or TR_E_AGAIN for a non-blocking thread that
 * would have to sleep if the key were wrong. */
int64_t join_may_try(struct kernel *kernel);
