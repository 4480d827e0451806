/* SPDX-License-Identifier: MIT */
#pragma once

/* ISO C's errno, set by what the ISO says sets it, and the usual names of its values. It belongs to
 * the process, not to a thread: calls of the kernel return their errors (terrarium/error.h). */

#include <bits/errno.h>

extern int errno;
#define errno errno
