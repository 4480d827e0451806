/* SPDX-License-Identifier: MIT */
/* Memory for messages: small ones are the heap's, larger ones come in two sizes of which a few are
 * kept. */

#include "device/buffer.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <terrarium/device/device.h>

#define SMALL_SIZE 1024
#define SIZES      2
#define KEPT       2

struct buffer {
    uint64_t place; /* of its size in the table; SIZES: a small one */
    uint64_t reserved;
};

static const uint64_t sizes[SIZES] = {8192, sizeof(struct tr_device_request) + TR_DEVICE_BODY_MAX};
static struct buffer *_Atomic kept[SIZES][KEPT];

static struct buffer *buffer_make(uint64_t place, uint64_t size)
{
    struct buffer *buffer = malloc(sizeof *buffer + size);

    if (buffer != NULL) {
        buffer->place = place;
    }
    return buffer;
}

static struct buffer *kept_take(uint64_t place)
{
    for (int i = 0; i < KEPT; i++) {
        struct buffer *buffer = atomic_exchange(&kept[place][i], NULL);
        if (buffer != NULL) {
            return buffer;
        }
    }
    return buffer_make(place, sizes[place]);
}

void *device_buffer_take(uint64_t size)
{
    struct buffer *buffer;

    if (size <= SMALL_SIZE || size > sizes[SIZES - 1]) {
        buffer = buffer_make(SIZES, size);
    } else {
        buffer = kept_take(size <= sizes[0] ? 0 : 1);
    }
    return buffer != NULL ? buffer + 1 : NULL;
}

void device_buffer_give(void *memory)
{
    struct buffer *buffer = memory;

    if (memory == NULL) {
        return;
    }
    buffer--;
    for (int i = 0; buffer->place < SIZES && i < KEPT; i++) {
        struct buffer *nothing = NULL;
        if (atomic_compare_exchange_strong(&kept[buffer->place][i], &nothing, buffer)) {
            return;
        }
    }
    free(buffer);
}
