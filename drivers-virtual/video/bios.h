/* SPDX-License-Identifier: MIT */
#pragma once

/* The video BIOS, run in real mode by tr_vm86_enter: VESA BIOS Extension (VBE) Core Functions
 * Standard 3.0, functions 4F00h to 4F03h of INT 10h. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/device/video.h>

/* Starts the BIOS as the system's would. `low` is the first megabyte; `address` the display's on
 * the PCI bus. False, and *why: there is none, or it cannot be run. */
bool bios_open(unsigned char *low, uint32_t address, const char **why);

/* The modes with a linear frame buffer, at most so many. How many. */
uint32_t bios_modes(struct tr_video_mode *modes, uint32_t most);
/* Sets one and asks whether it is on. */
bool bios_set(const struct tr_video_mode *mode);
