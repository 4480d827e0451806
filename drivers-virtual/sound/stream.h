/* SPDX-License-Identifier: MIT */
#pragma once

/* The pipe of the client that plays. Reading it may take as long as the client likes, so a thread
 * does that; it and the driver's loop meet in a ring alone. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/device/device.h>

#include "ring.h"

#define STREAM_TIMER 1 /* the cookie of the timer by which the thread wakes the loop */

/* Before anything else: `ended` is called, in the loop, when the thread has gone: the client has
 * left the pipe and the ring has all that will come, or the stream was stopped. */
int64_t stream_open(void (*ended)(void));

/* Makes the pipe and begins to read. 0 or a TR_E_*; not while it is on. */
int64_t stream_start(struct tr_device_member *pipe);
bool stream_is_on(void);
/* Leaves the pipe; the end comes a little later. */
void stream_stop(void);

/* What has been read, and how much may stand in the pipe besides. */
uint32_t stream_count(void);
uint32_t stream_take(uint8_t *bytes, uint32_t size);
bool stream_pipe_is_empty(void);
