/* SPDX-License-Identifier: MIT */
#pragma once

/* What the bench asks of its guest program, as the body of a message; the guest answers with a
 * struct answer when it is done. */

#include <stdint.h>

enum request_kind {
    REQUEST_NOTHING,       /* the cost of asking */
    REQUEST_CALLS,         /* `count` of the cheapest call */
    REQUEST_YIELDS,        /* count yields; another thread of the guest yields as often */
    REQUEST_ROUNDS,        /* count calls of `size` bytes to process `object`, an echo */
    REQUEST_PIPE_OPEN,     /* makes a pipe; answers its id and key */
    REQUEST_PIPE_SINK,     /* joins pipe object with `key`, answers, then reads for ever */
    REQUEST_PIPE_WRITES,   /* count writes of size bytes */
    REQUEST_SHARED_OPEN,   /* makes a shared memory of size bytes; answers its id and key */
    REQUEST_SHARED_SINK,   /* joins it, answers, then copies it out at each call */
    REQUEST_SHARED_WRITES, /* count times: fills it, calls process object */
    REQUEST_ARM,           /* arms count timers that never run out here */
    REQUEST_WATCH,         /* watches count processes from pid `object` on */
    REQUEST_MESSAGES,      /* count messages to itself, each taken before the next */
    REQUEST_TIMERS,        /* count timers that run out, each event taken */
    REQUEST_TIMER_CYCLES,  /* count timers set and cancelled */
    REQUEST_QUEUE,         /* count messages to itself, then all taken */
    REQUEST_INTERRUPTS,    /* count interrupts of the timer, each event taken and acknowledged */
    REQUEST_PORTS,         /* count bytes from a port by call */
    REQUEST_TRAPPED_PORTS, /* the same by instruction */
    REQUEST_FRAMES,        /* a frame buffer of size bytes at object filled, count times */
    REQUEST_READS, /* count pieces of size bytes from the first disk, one behind the other */
    REQUEST_KINDS
};

struct request {
    uint64_t kind, count, size, object, key;
};

struct answer {
    int64_t result;
    uint64_t key;
};
