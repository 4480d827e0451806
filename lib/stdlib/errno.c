/* SPDX-License-Identifier: MIT */
/* errno, and where musl's members find it. */

#include <errno.h>

int errno;

int *___errno_location(void);

int *___errno_location(void)
{
    return &errno;
}
