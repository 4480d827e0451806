/* SPDX-License-Identifier: MIT */
#pragma once

/* The DMA controllers of a PC (Intel data sheet 8237A): channels 0 to 3 move bytes, on ports 0x00
 * to 0x0f; channels 5 to 7 move words, on ports 0xc0 to 0xdf; channel 4 carries the first chip's
 * request to the processor. The page registers at 0x80 to 0x8f hold the upper bits of addresses. As
 * the firmware of a PC leaves them: all masked but channel 4, which cascades. */

#include "hal-posix/dma.h"
#include "hal-posix/machine.h"

struct dma8237;

struct dma8237 *dma8237_create(struct machine *machine);
void dma8237_destroy(struct dma8237 *dma);

enum dma8237_way { DMA8237_TO_DEVICE, DMA8237_TO_MEMORY };

/* A device asks on its channel: at most `size` bytes (even on a channel of words) move at once, as
 * the channel is programmed, up to its terminal count. Returns how many did; 0 if the channel is
 * masked, its controller disabled, or it was programmed the other way. *terminal: the last of them
 * was the terminal count; the channel then begins anew or is masked. Where the bus refuses (dma.h)
 * all ones are read, nothing is written, and the counts go on. */
uint64_t dma8237_move(struct machine *machine, struct dma_master *master, uint32_t channel,
                      enum dma8237_way way, void *bytes, uint64_t size, bool *terminal);

/* A device that waits: `ready` is called, once, as soon as the program has opened the channel for
 * this way. Embedded in the device. */
struct dma8237_request {
    enum dma8237_way way;
    void (*ready)(struct machine *machine, struct dma8237_request *request);
};
/* The device asks, as the status register shows, until it is ready or asks no more (NULL). */
void dma8237_request(struct machine *machine, uint32_t channel, struct dma8237_request *request);
