/* SPDX-License-Identifier: MIT */
#pragma once

/* How much of what a test tries thousands of times is tried: all of it, or one in TERRARIUM_SHARE.
 * Under Valgrind, where everything takes a hundred times as long, .ci/memcheck sets that: it looks
 * for what a checker sees, for which a share is as good; natively and with the sanitizers it is
 * all.
 */

#include <stdint.h>
#include <stdlib.h>

/* 1 unless the environment says more. */
static inline uint64_t test_share(void)
{
    const char *text = getenv("TERRARIUM_SHARE");
    uint64_t share = text == NULL ? 1 : strtoull(text, NULL, 10);

    return share == 0 ? 1 : share;
}
