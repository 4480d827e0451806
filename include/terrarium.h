/* SPDX-License-Identifier: MIT */
#pragma once

/* The whole program interface of Terrarium in one include. A program needs nothing else to talk
 * to the kernel; the C library headers (stdio.h, string.h, stdlib.h …) come with `lib/`. */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <terrarium/calls.h>
#include <terrarium/error.h>
#include <terrarium/program.h>
#include <terrarium/types.h>

#ifdef __cplusplus
}
#endif
