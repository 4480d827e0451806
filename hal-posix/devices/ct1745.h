/* SPDX-License-Identifier: MIT */
#pragma once

/* The mixer chip of a Sound Blaster 16 (Creative, "Sound Blaster Series Hardware Programming
 * Guide", CT1745): registers behind an index, among them those that choose interrupt line and DMA
 * channels. No side effects: its owner looks at it. */

#include <stdbool.h>
#include <stdint.h>

struct ct1745 {
    uint8_t index;
    uint8_t registers[256];
};

/* Power-on: as reset, and line 5, channels 1 and 5. */
void ct1745_create(struct ct1745 *mixer);

/* Ports 0 (index) and 1 (data); `causes` is what the interrupt status register shows. */
uint32_t ct1745_in(const struct ct1745 *mixer, uint32_t offset, uint32_t causes);
void ct1745_out(struct ct1745 *mixer, uint32_t offset, uint32_t value);

/* How loud digitised sound is on a side (0 left, 1 right): 65536 is as it came. */
uint32_t ct1745_gain(const struct ct1745 *mixer, uint32_t side);
/* A sample at such a gain; too loud ones are clipped. */
int16_t ct1745_amplified(int32_t sample, uint32_t gain);

#define CT1745_NONE UINT32_MAX
/* The interrupt line; the DMA channel of 8-bit and of 16-bit transfers (which take the 8-bit one if
 * no other is chosen). CT1745_NONE: none is chosen. */
uint32_t ct1745_line(const struct ct1745 *mixer);
uint32_t ct1745_channel(const struct ct1745 *mixer, bool is_word);
