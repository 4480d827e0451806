/* SPDX-License-Identifier: MIT */
#pragma once

/* ISO C's errno, set by the strto functions and by those of the heap. It belongs to the process, not to a thread:
 * calls of the kernel return their errors (terrarium/error.h). */

extern int errno;

#define ENOMEM 12
#define EINVAL 22
#define EDOM   33
#define EILSEQ 84
#define ERANGE 34
