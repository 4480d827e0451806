/* SPDX-License-Identifier: MIT */
#pragma once

/* Terminated names, of processes and devices: what their tables ask of them. */

#include <stdbool.h>
#include <stdint.h>

/* FNV-1a, folded so that its low bits serve as the number of a bucket. */
uint64_t name_hash(const char *name);
bool name_equals(const char *a, const char *b);
