/* SPDX-License-Identifier: MIT */
#pragma once

/* A Sound Blaster's stream of samples by DMA: one for its 8-bit and one for its 16-bit transfers.
 * Samples are fetched when they are due, sixteen frames at once with the FIFO, one without; at the
 * end of a block the owner is told. While its channel is closed a stream waits, silent. */

#include "ct1745.h"
#include "dma8237.h"

struct sb16_stream {
    struct timed due;               /* first: fire gets it. The next frames */
    struct dma8237_request request; /* while it waits for its channel */
    struct dma_master master;
    const struct ct1745 *mixer;
    void (*block_ended)(struct machine *machine, struct sb16_stream *stream);
    void *user;
    bool is_word; /* of the two this is */

    /* How it plays. */
    uint64_t per, seconds; /* the rate: `per` frames in so many seconds */
    bool is_input, is_automatic, has_fifo, is_stereo, is_signed;
    uint32_t block; /* samples */

    bool is_on, is_paused, is_waiting, is_ending;
    uint32_t channel;       /* of DMA */
    uint32_t left;          /* samples of this block */
    uint64_t begin, frames; /* since when it has run, and how many frames since */
};

void sb16_stream_create(struct sb16_stream *stream, const struct ct1745 *mixer, bool is_word);
/* Begins a block now, in the way that stands in the record. */
void sb16_stream_start(struct machine *machine, struct sb16_stream *stream);
void sb16_stream_stop(struct machine *machine, struct sb16_stream *stream);
void sb16_stream_pause(struct machine *machine, struct sb16_stream *stream);
void sb16_stream_continue(struct machine *machine, struct sb16_stream *stream);
