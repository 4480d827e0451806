/* SPDX-License-Identifier: MIT */
/* `picture`: draws a picture on the whole screen and shows it for a while.
 *
 *     picture [WIDTHxHEIGHT[xBITS]] [SECONDS]     800x600x32 for 10 seconds unless given
 *
 * With width 0 (`picture 0x0`) it lists the modes there are. The driver refuses applications unless
 * the boot file says otherwise (init.drivers: `pci 0300 video expose=application`). */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>
#include <terrarium/text.h>

#include "pattern.h"

TR_PROGRAM_ABOUT("draws a picture on the screen");

#define SECOND UINT64_C(1000000000)

struct wish {
    uint32_t width, height, bits;
    uint64_t seconds;
};

static int complain(const char *what, int64_t error)
{
    printf("picture: %s: %s\n", what, tr_error_text(error));
    return 1;
}

static bool wish_read(int argc, char **argv, struct wish *wish)
{
    *wish = (struct wish){800, 600, 32, 10};
    if (argc > 1) {
        char *end;
        wish->width = (uint32_t)strtoul(argv[1], &end, 10);
        if (*end != 'x') {
            return false;
        }
        wish->height = (uint32_t)strtoul(end + 1, &end, 10);
        if (*end == 'x') {
            wish->bits = (uint32_t)strtoul(end + 1, &end, 10);
        }
        if (*end != '\0') {
            return false;
        }
    }
    if (argc > 2) {
        wish->seconds = strtoul(argv[2], NULL, 10);
    }
    return argc <= 3;
}

static int modes_print(struct tru_device *video)
{
    struct tr_video_mode modes[64];
    int64_t count = tru_video_modes(video, 0, modes, 64);

    for (int64_t i = 0; i < count; i++) {
        printf("%4" PRIx32 "  %" PRIu32 "x%" PRIu32, modes[i].number, modes[i].width,
               modes[i].height);
        if (modes[i].bits == 0) {
            printf(" cells\n");
        } else {
            printf("x%" PRIu32 "\n", modes[i].bits);
        }
    }
    return count < 0 ? complain("no modes", count) : 0;
}

static void draw(unsigned char *pixels, const struct tr_video_mode *mode)
{
    uint32_t bytes = (mode->bits + 7) / 8;

    for (uint32_t y = 0; y < mode->height; y++) {
        unsigned char *to = pixels + (size_t)y * mode->stride;
        for (uint32_t x = 0; x < mode->width; x++, to += bytes) {
            uint32_t colour = pattern_colour(x, y, mode->width, mode->height);
            uint32_t pixel = pattern_pixel(colour, mode->bits);
            memcpy(to, &pixel, bytes);
        }
    }
}

static int show(struct tru_device *video, const struct wish *wish)
{
    struct tr_video_frame frame;
    void *pixels;
    int64_t result = tru_video_mode_of(video, wish->width, wish->height, wish->bits);

    if (result < 0) {
        return complain("this mode", result);
    }
    result = tru_video_frame(video, &frame, &pixels);
    if (result < 0) {
        return complain("the frame buffer", result);
    }
    draw(pixels, &frame.mode);
    printf("picture: %" PRIu32 "x%" PRIu32 ", %" PRIu32 " bits, mode %" PRIx32 "\n",
           frame.mode.width, frame.mode.height, frame.mode.bits, frame.mode.number);
    tr_thread_sleep((uint64_t)tr_clock() + wish->seconds * SECOND);
    return 0;
}

int main(int argc, char **argv)
{
    struct tru_device video;
    struct wish wish;
    int64_t result;

    if (!wish_read(argc, argv, &wish)) {
        tru_text_print(stdout, "usage: picture [WIDTHxHEIGHT[xBITS]] [SECONDS]");
        return 2;
    }
    result = tru_device_open(TR_VIDEO_DEVICE, TR_EXCLUSIVE, &video);
    if (result < 0) {
        return complain(TR_VIDEO_DEVICE, result);
    }
    return wish.width == 0 ? modes_print(&video) : show(&video, &wish);
}
