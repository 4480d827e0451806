/* SPDX-License-Identifier: MIT */
#pragma once

/* Two pipes of a client: what comes through one goes to the line, what the line receives into the
 * other. Reading and writing a pipe may take as long as the client likes, so two threads do that;
 * they and the driver's loop meet in the rings alone. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/device/serial.h>

#include "ring.h"

#define STREAM_TIMER 3 /* the cookie of the timer by which the threads wake the loop */

/* Makes the pipes and starts the threads. 0 or a TR_E_*; BUSY while one is on. */
int64_t stream_start(struct tr_serial_stream *pipes, uint64_t owner, struct ring *out,
                     struct ring *in);

/* Leaves the pipes if `owner` has the stream; its threads end. */
void stream_end(uint64_t owner);

/* The loop has put bytes into `in` or taken some from `out`. */
void stream_moved(void);

/* The line will receive nothing more: the client reads the rest of its pipe, then PEER. */
void stream_hang_up(void);

bool stream_is_on(void);
