/* SPDX-License-Identifier: MIT */
#pragma once

/* Video: a screen of text cells or of pixels. See device.h for the form of its messages. Rows,
 * columns and pixels count from 0 at the top left. A text attribute is the foreground colour (0 to
 * 15) + 16 × the background colour (0 to 7). A full-screen program opens the device with
 * TR_EXCLUSIVE. */

#include <terrarium/device/device.h>

enum tr_video_operation {
#define TR_VIDEO_OPERATION(name, number, rights, meaning) TR_VIDEO_##name = (number),
#include <terrarium/device/video.def>
#undef TR_VIDEO_OPERATION
};

#define TR_VIDEO_DEVICE "video"

struct tr_video_mode {
    uint32_t number;        /* what MODE takes */
    uint32_t width, height; /* pixels, or columns and rows of a text mode */
    uint32_t bits;          /* of a pixel: 8, 15, 16, 24, 32; 0: a text mode */
    uint32_t stride;        /* bytes from a row to the next */
    uint32_t reserved;
};

struct tr_video_frame {
    uint64_t shared, key; /* to join, READ and WRITE */
    uint64_t size;        /* bytes of the frame buffer */
    struct tr_video_mode mode;
};

/* Flags of the information. */
#define TR_VIDEO_BIOS UINT32_C(1) /* modes are set by the video BIOS in VM86 */

struct tr_video_information {
    struct tr_device_information device; /* flags: TR_VIDEO_* */
    struct tr_video_mode mode;           /* the one now */
    uint64_t memory_size;                /* bytes of video memory */
};
