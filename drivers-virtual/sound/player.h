/* SPDX-License-Identifier: MIT */
#pragma once

/* Playing: the stream's samples go into two halves of DMA memory, of which the card plays one while
 * the other is filled. A stream that is late is heard as silence, and counted. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/device/device.h>

#include "chip.h"

#define PLAYER_TIMER 2 /* cookie */

struct player_status {
    struct chip_format format;
    uint64_t frames, silence; /* of the present or the last stream; silence counts as played */
    uint64_t owner;           /* pid; 0: nothing plays */
};

/* Gets DMA memory and channels. `ended` is called in the loop when a stream is over: its frames, or
 * a TR_E_*. 0 or a TR_E_*. */
int64_t player_open(void (*ended)(int64_t result));

const struct player_status *player_status(void);

/* BUSY while it plays. */
int64_t player_format(const struct chip_format *format);
int64_t player_start(uint64_t owner, struct tr_device_member *pipe);
/* Ends soon. */
void player_stop(void);
/* The client has closed the device: what it has written is still played. */
void player_leave(uint64_t pid);

/* An interrupt of the card; the thread of the stream has read something; the timer. */
void player_on_block(void);
void player_on_stream(void *user);
void player_on_timer(void *user);
