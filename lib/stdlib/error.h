/* SPDX-License-Identifier: MIT */
#pragma once

/* The calling thread's errno; NULL: threads have none of their own. Of threads/create.c, which only
 * programs have that make threads. */
int *lib_error_own(void) __attribute__((visibility("hidden")));
