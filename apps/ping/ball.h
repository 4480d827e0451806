/* SPDX-License-Identifier: MIT */
#pragma once

/* What `ping` and `pong` play with: the body of a call, and of its reply. */

#include <stdint.h>

#define PONG_NAME "a\\pong"

struct ball {
    uint64_t hits; /* each of the two adds one before it sends the ball */
    char text[56]; /* makes the ball 64 bytes, what a small message usually has */
};
