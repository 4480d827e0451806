/* SPDX-License-Identifier: MIT */
#pragma once

/* ISO C's errno, set by what the ISO says sets it, and the usual names of its values. It is each
 * thread's own. Calls of the kernel return their errors (terrarium/error.h). */

#include <bits/errno.h>

int *__errno_location(void) __attribute__((const));
#define errno (*__errno_location())
