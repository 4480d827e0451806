/* SPDX-License-Identifier: MIT */
#pragma once

/* The registers of the Bochs/QEMU display interface, and those of the VGA that are needed beside
 * it. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/device/video.h>

/* Claims the ports. False: there is no display interface; *error is not 0 if the ports are taken.
 */
bool interface_open(int64_t *error);

/* The modes that it offers here, at most so many. How many. */
uint32_t interface_modes(struct tr_video_mode *modes, uint32_t most);
/* Sets one, bits 0: text. False: the hardware has not taken it. */
bool interface_set(const struct tr_video_mode *mode);
/* Whether a mode of its is on. */
bool interface_is_on(void);
uint64_t interface_memory(void);

void interface_palette(uint32_t first, const uint32_t *colours, uint32_t count);
/* The cursor of text modes: which cell, or hidden. */
void interface_cursor(uint32_t cell, bool is_hidden);
