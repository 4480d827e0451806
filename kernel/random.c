/* SPDX-License-Identifier: MIT */
/* ChaCha20 as a generator: the block function of RFC 8439, section 2.3, over a key from the
 * machine, with nonce 0 and words 12 and 13 as one 64-bit block counter. Bytes given out are
 * wiped. */

#include "random.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "state.h"
#include "string.h"

#define ROUNDS 10 /* pairs of a column round and a diagonal round */

static uint32_t rotate_left(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

/* RFC 8439, 2.1. */
static void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *a += *b;
    *d = rotate_left(*d ^ *a, 16);
    *c += *d;
    *b = rotate_left(*b ^ *c, 12);
    *a += *b;
    *d = rotate_left(*d ^ *a, 8);
    *c += *d;
    *b = rotate_left(*b ^ *c, 7);
}

/* RFC 8439, 2.3: the working state after twenty rounds is added to the state. */
static void make_block(struct random_stream *stream)
{
    uint32_t x[16];
    memcpy(x, stream->state, sizeof(x));
    for (int i = 0; i < ROUNDS; i++) {
        for (unsigned column = 0; column < 4; column++) {
            quarter_round(&x[column], &x[4 + column], &x[8 + column], &x[12 + column]);
        }
        for (unsigned column = 0; column < 4; column++) {
            quarter_round(&x[column], &x[4 + (column + 1) % 4], &x[8 + (column + 2) % 4],
                          &x[12 + (column + 3) % 4]);
        }
    }
    for (unsigned i = 0; i < 16; i++) {
        uint32_t word = x[i] + stream->state[i];
        for (unsigned byte = 0; byte < 4; byte++) {
            stream->block[4 * i + byte] = (uint8_t)(word >> (8 * byte));
        }
    }
    stream->state[12]++;
    if (stream->state[12] == 0) {
        stream->state[13]++;
    }
    stream->used = 0;
}

void random_setup(struct kernel *kernel, struct random_stream *stream)
{
    static const uint32_t constants[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    uint8_t key[32];
    hal_random(kernel->machine, key, sizeof(key));
    memset(stream, 0, sizeof(*stream));
    memcpy(stream->state, constants, sizeof(constants));
    for (unsigned i = 0; i < sizeof(key); i++) {
        stream->state[4 + i / 4] |= (uint32_t)key[i] << (8 * (i % 4));
    }
    stream->used = sizeof(stream->block);
}

void random_bytes(struct random_stream *stream, void *buffer, uint64_t size)
{
    uint8_t *to = buffer;
    while (size > 0) {
        if (stream->used == sizeof(stream->block)) {
            make_block(stream);
        }
        uint64_t part = sizeof(stream->block) - stream->used;
        if (part > size) {
            part = size;
        }
        memcpy(to, &stream->block[stream->used], (size_t)part);
        memset(&stream->block[stream->used], 0, (size_t)part);
        stream->used += (uint32_t)part;
        to += part;
        size -= part;
    }
}

uint64_t random_key(struct random_stream *stream)
{
    uint64_t key = 0;
    while (key == 0) {
        random_bytes(stream, &key, sizeof(key));
    }
    return key;
}

int64_t call_random(struct kernel *kernel, uint64_t buffer, uint64_t n)
{
    if (n > TR_RANDOM_MAX) {
        return TR_E_TOOBIG;
    }
    struct process *process = kernel_caller(kernel);
    int64_t result = copy_check(kernel, process, buffer, n, TR_WRITE);
    if (result < 0) {
        return result;
    }
    uint8_t bytes[256];
    for (uint64_t done = 0; done < n;) {
        uint64_t part = n - done < sizeof(bytes) ? n - done : sizeof(bytes);
        random_bytes(&kernel->numbers, bytes, part);
        result = copy_out(kernel, process, buffer + done, bytes, part);
        KASSERT(kernel, result == 0);
        done += part;
    }
    return (int64_t)n;
}
