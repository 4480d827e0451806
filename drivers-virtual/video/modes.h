/* SPDX-License-Identifier: MIT */
#pragma once

/* The modes of the screen and how one is set: by the video BIOS if there is one and the machine
 * runs real-mode code, else by the display interface directly. The BIOS is started when it is first
 * needed, as that takes its time. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/device/video.h>

#define MODES_MOST 128
#define MODE_TEXT  3

/* Claims the ports and maps the first megabyte. False: there is no such display; *error is not 0 if
 * it is another's. */
bool modes_open(int64_t *error);

/* All of them, text first; a text mode is in force at first. */
const struct tr_video_mode *modes_list(uint32_t *count);
const struct tr_video_mode *modes_now(void);

/* Sets a mode of the list, with a cleared screen. 0 or a TR_E_*. */
int64_t modes_set(const struct tr_video_mode *mode);

bool modes_by_bios(void);
/* The frame buffer's physical address and the bytes of memory there are. */
uint64_t modes_frame(void);
uint64_t modes_memory(void);
/* The first megabyte as this process sees it. */
unsigned char *modes_low(void);

/* Colours of an 8-bit or text mode, 0x00RRGGBB each. */
void modes_palette(uint32_t first, const uint32_t *colours, uint32_t count);
