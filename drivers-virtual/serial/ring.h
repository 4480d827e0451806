/* SPDX-License-Identifier: MIT */
#pragma once

/* Bytes from one thread to another: one puts, one takes, neither waits for the other. */

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define RING_SIZE 4096

struct ring {
    _Atomic uint32_t put, taken; /* bytes ever */
    uint8_t bytes[RING_SIZE];
};

static inline size_t ring_count(const struct ring *ring)
{
    return (uint32_t)(atomic_load(&ring->put) - atomic_load(&ring->taken));
}

static inline size_t ring_room(const struct ring *ring)
{
    return RING_SIZE - ring_count(ring);
}

/* As many as fit, or as there are; how many. */
size_t ring_put(struct ring *ring, const uint8_t *bytes, size_t size);
size_t ring_take(struct ring *ring, uint8_t *bytes, size_t size);
