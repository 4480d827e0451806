/* SPDX-License-Identifier: MIT */
#pragma once

/* Random streams: ChaCha20 (RFC 8439) keyed once from the machine. Keys of pipes and shared memory
 * come from one stream, tr_random from another, so neither tells anything about the other. */

#include <stdint.h>

struct kernel;

struct random_stream {
    uint32_t state[16];
    uint8_t block[64];
    uint32_t used; /* bytes of the block already given out */
};

void random_setup(struct kernel *kernel, struct random_stream *stream);
void random_bytes(struct random_stream *stream, void *buffer, uint64_t size);
/* Never 0. */
uint64_t random_key(struct random_stream *stream);
