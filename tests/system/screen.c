/* SPDX-License-Identifier: MIT */
/* An application that uses every operation of the screen, for test_video.sh. Each line says what
 * was done and what came of it; between the steps it sleeps, so that pictures can be taken. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

#define SECOND UINT64_C(1000000000)

static struct tru_device video;

static void told(const char *what, int64_t result)
{
    if (result < 0) {
        printf("screen: %s: %s\n", what, tr_error_name(result));
    } else {
        printf("screen: %s: %" PRId64 "\n", what, result);
    }
}

static void sleep_until(uint64_t second)
{
    tr_thread_sleep(second * SECOND);
}

static void use_text(void)
{
    struct tr_video_frame frame;
    void *pixels;
    static const char lines[] = "A\xc3\xa4\xe2\x94\x80\xe2\x94\x80\xe6\x97\xa5\xff\nB";

    told("clear with 31", tru_video_clear(&video, 0x1f));
    told("text", tru_video_text(&video, 2, 3, 0x4e, lines));
    told("text at the edge", tru_video_text(&video, 24, 78, 7, "12345\n6"));
    told("text below", tru_video_text(&video, 25, 0, 7, "x"));
    told("text beside", tru_video_text(&video, 0, 80, 7, "x"));
    told("attribute 256", tru_video_clear(&video, 256));
    told("cursor", tru_video_cursor(&video, 10, 20, false));
    told("cursor below", tru_video_cursor(&video, 25, 0, false));
    told("frame of text", tru_video_frame(&video, &frame, &pixels));
}

static void use_palette(void)
{
    struct tr_video_frame frame;
    void *pixels;
    static const uint32_t colour = 0xfc8004;

    told("mode 640x480x8", tru_video_mode_of(&video, 640, 480, 8) > 0 ? 0 : -1);
    told("frame", tru_video_frame(&video, &frame, &pixels));
    told("clear with colour 200", tru_video_clear(&video, 200));
    told("colour 200", tru_video_palette(&video, 200, &colour, 1));
    told("colour 256", tru_video_palette(&video, 256, &colour, 1));
    told("text in graphics", tru_video_text(&video, 0, 0, 7, "x"));
    told("cursor in graphics", tru_video_cursor(&video, 0, 0, false));
    unsigned char *first = pixels;
    told("pixel", *first);
    sleep_until(3);
    told("mode 0x7777", tru_video_mode(&video, 0x7777));
    told("mode 640x480x16", tru_video_mode_of(&video, 640, 480, 16) > 0 ? 0 : -1);
    told("pixel of the mode before", *first);
    told("palette of 16 bits", tru_video_palette(&video, 200, &colour, 1));
    told("clear with red", tru_video_clear(&video, 0xf800));
}

int main(void)
{
    struct tr_video_information information;
    struct tru_device second;
    int64_t result = tru_device_open(TR_VIDEO_DEVICE, TR_EXCLUSIVE, &video);

    told("open", result);
    if (result < 0) {
        return 1;
    }
    told("open again", tru_device_open(TR_VIDEO_DEVICE, 0, &second));
    told("information", tru_device_information(&video, &information, sizeof information));
    told("by BIOS", information.device.flags & TR_VIDEO_BIOS);
    told("memory", (int64_t)information.memory_size);
    use_text();
    sleep_until(2);
    use_palette();
    sleep_until(4);
    told("initialise", tru_device_initialise(&video));
    told("information", tru_device_information(&video, &information, sizeof information));
    told("width", information.mode.width);
    return 0;
}
