/* SPDX-License-Identifier: MIT */
/* The 64-bit FNV-1a hash of traces and boot descriptions (include/terrarium/trace.h). */

#include "boot.h"

uint64_t sim_hash(uint64_t hash, const void *bytes, uint64_t size)
{
    const uint8_t *byte = bytes;
    for (uint64_t i = 0; i < size; i++) {
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}
