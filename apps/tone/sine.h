/* SPDX-License-Identifier: MIT */
#pragma once

/* A sine without floating point. */

#include <stdint.h>

/* The sine of a phase, of which 2^32 are a full turn: -32767 to 32767. */
int32_t sine(uint32_t phase);
