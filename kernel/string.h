/* SPDX-License-Identifier: MIT */
#pragma once

/* The four functions of the C library that a compiler may call on its own, so that every host of
 * the core has them: taken from there, never defined here. Nothing else of libc is used. */

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
