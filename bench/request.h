/* SPDX-License-Identifier: MIT */
#pragma once

/* What the bench asks of its guest program, as the body of a message; the guest answers with an
 * empty message when it is done. */

#include <stdint.h>

enum request_kind {
    REQUEST_NOTHING, /* the cost of asking */
    REQUEST_CALLS,   /* count of the cheapest call */
    REQUEST_YIELDS,  /* count yields; another thread of the guest yields as often */
    REQUEST_ROUNDS,  /* count calls of 64 bytes to `pid`, which answers with 64 */
};

struct request {
    uint64_t kind, count, pid;
};
