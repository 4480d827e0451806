/* SPDX-License-Identifier: MIT */
/* errno: a variable, or the thread's own in a program that makes threads. */

#include <errno.h>
#include <stddef.h>

#include "stdlib/error.h"

#pragma weak lib_error_own

static int only_error;

int *__errno_location(void)
{
    int *own = lib_error_own != NULL ? lib_error_own() : NULL;

    return own != NULL ? own : &only_error;
}

/* Where musl's members find it. */
int *___errno_location(void);

int *___errno_location(void)
{
    return __errno_location();
}
