/* SPDX-License-Identifier: MIT */
#pragma once

/* A Sound Blaster 16 (Creative, "Sound Blaster Series Hardware Programming Guide"): DSP 4.05 and
 * mixer CT1745 on ports 0x220 to 0x22f, interrupt line 5 and DMA channels 1 and 5 unless the mixer
 * is told otherwise. What it plays goes to hal-posix/sound.h. */

#include "hal-posix/machine.h"

struct sb16;

struct sb16 *sb16_create(struct machine *machine);
void sb16_destroy(struct sb16 *card);
