/* SPDX-License-Identifier: MIT */
/* The end of a program that is wrong. */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

void lib_assert_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    abort();
}
