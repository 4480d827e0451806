/* SPDX-License-Identifier: MIT */
#pragma once

/* The Sound Blaster 16: its DSP and its mixer, by their ports (Creative, "Sound Blaster Series
 * Hardware Programming Guide"). */

#include <stdbool.h>
#include <stdint.h>

#define CHIP_IRQ        5
#define CHIP_RATE_LEAST 5000
#define CHIP_RATE_MOST  44100
#define CHIP_RESET_NS   UINT64_C(200000) /* from chip_reset until chip_is_alive can say yes */

/* DMA channels: of samples of 8 and of 16 bits. */
#define CHIP_CHANNEL_8  1
#define CHIP_CHANNEL_16 5

struct chip_format {
    uint32_t rate, channels, bits;
};

/* 0, or a TR_E_* of tr_port_claim. */
int64_t chip_open(void);

void chip_reset(void);
/* The DSP is there and is version 4. What interrupts it asks for is set then. */
bool chip_is_alive(void);

/* Plays without end what DMA brings, with an interrupt each `frames` frames; stops at once. */
void chip_play(const struct chip_format *format, uint32_t frames);
void chip_stop(const struct chip_format *format);

/* 0 to 100 percent. */
void chip_volume(uint64_t left, uint64_t right);

/* Whether the card has interrupted; it is told that this is known. */
bool chip_interrupts(void);
