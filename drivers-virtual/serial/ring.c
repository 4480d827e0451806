/* SPDX-License-Identifier: MIT */
/* Bytes from one thread to another. */

#include "ring.h"

size_t ring_put(struct ring *ring, const uint8_t *bytes, size_t size)
{
    size_t room = ring_room(ring);
    uint32_t at = atomic_load(&ring->put);

    size = size < room ? size : room;
    for (size_t i = 0; i < size; i++) {
        ring->bytes[(at + i) % RING_SIZE] = bytes[i];
    }
    atomic_store(&ring->put, at + (uint32_t)size);
    return size;
}

size_t ring_take(struct ring *ring, uint8_t *bytes, size_t size)
{
    size_t count = ring_count(ring);
    uint32_t at = atomic_load(&ring->taken);

    size = size < count ? size : count;
    for (size_t i = 0; i < size; i++) {
        bytes[i] = ring->bytes[(at + i) % RING_SIZE];
    }
    atomic_store(&ring->taken, at + (uint32_t)size);
    return size;
}
