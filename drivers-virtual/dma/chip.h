/* SPDX-License-Identifier: MIT */
#pragma once

/* The two DMA controllers and their page registers (8237A), as a PC has them. Counts are bytes. */

#include <stdbool.h>
#include <stdint.h>

#define CHIP_CHANNELS 8
#define CHIP_CASCADE  4 /* carries the first chip's requests: nobody's */

/* Claims the ports and masks all channels. 0, or a TR_E_* of tr_port_claim; *exists: there is such
 * a chip. */
int64_t chip_open(bool *exists);

/* Whether so many bytes there can be reached in one go. */
bool chip_can_reach(uint32_t channel, uint64_t physical, uint64_t size);

/* `mode`: TR_DMA_*. */
void chip_start(uint32_t channel, uint64_t physical, uint64_t size, uint64_t mode);
void chip_stop(uint32_t channel);
/* Bytes not yet moved of what was started. */
uint64_t chip_left(uint32_t channel);
