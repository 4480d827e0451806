/* SPDX-License-Identifier: MIT */
#pragma once

/* The interval timer of a PC: an 8254 on ports 0x40–0x43 with a clock of 1.193182 MHz. The output
 * of counter 0 is interrupt line 0; counter 1 has refreshed memory since power-on; counter 2 drives
 * the speaker, and its gate and output are bits of port 0x61. Counter 0 stands still until a driver
 * programs it: the kernel has a timer of its own. */

#include "hal-posix/machine.h"

#define PIT_HERTZ UINT64_C(1193182)

struct pit *pit_create(struct machine *machine);
void pit_destroy(struct pit *pit);

/* What the speaker hears: the frequency of counter 2's square wave in millihertz, 0: silence. */
uint64_t pit_speaker(const struct machine *machine);
