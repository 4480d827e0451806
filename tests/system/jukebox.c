/* SPDX-License-Identifier: MIT */
/* `d\jukebox`: asks every operation of the sound card and of the DMA controllers, and prints what
 * comes. For test_sound.sh; a driver so that it may ask. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

#define PATIENCE_NS UINT64_C(1000000000)

static struct tru_device sound, dma;

static void tell(const char *what, int64_t result)
{
    if (result < 0) {
        printf("%s: %s\n", what, tr_error_name(result));
    } else {
        printf("%s: %" PRId64 "\n", what, result);
    }
}

static bool found(const char *name, struct tru_device *device)
{
    int64_t result = tru_device_find(name, PATIENCE_NS, device);

    if (result >= 0) {
        result = tru_device_open(name, 0, device);
    }
    if (result < 0) {
        tell(name, result);
    }
    return result >= 0;
}

static void nap(uint64_t milliseconds)
{
    tr_thread_sleep((uint64_t)tr_clock() + milliseconds * 1000000);
}

static void information_tell(void)
{
    struct tr_sound_information information = {0};

    tru_device_information(&sound, &information, sizeof information);
    printf("%s: %" PRIu64 "/%" PRIu64 "/%" PRIu64 " volume %" PRIu64 ",%" PRIu64 " %s\n",
           information.device.model, information.rate, information.channels, information.bits,
           information.volume_left, information.volume_right,
           (information.device.flags & TR_SOUND_PLAYING) != 0 ? "plays" : "is silent");
}

/* What nobody has joined, or written to, ends when it is told to. */
static void empty_streams_try(void)
{
    tell("play", tru_sound_play(&sound) > 0);
    tell("play while it plays", tru_sound_play(&sound));
    tell("format while it plays", tru_sound_format(&sound, 8000, 1, 8));
    information_tell();
    tell("stop", tru_sound_stop(&sound));
    tell("stop again", tru_sound_stop(&sound));
    tell("drain what does not play", tru_sound_drain(&sound));
}

/* A second of it is written as fast as the card plays; it is stopped in the middle. */
static void stop_try(void)
{
    static uint8_t bytes[4000];
    int64_t pipe = tru_sound_play(&sound);

    memset(bytes, 0x80, sizeof bytes);
    tell("written", tr_pipe_write((uint64_t)pipe, bytes, sizeof bytes, 0));
    nap(100);
    int64_t frames = tru_sound_stop(&sound);
    printf("stopped in the middle: %s\n",
           frames > 700 && frames < 900 ? "so many as were due" : "not so many as were due");
    tell("writing to it", tr_pipe_write((uint64_t)pipe, bytes, sizeof bytes, 0));
}

/* The client goes, what it wrote is played. */
static void leave_try(void)
{
    static uint8_t bytes[4000];
    int64_t pipe = tru_sound_play(&sound);

    memset(bytes, 0x80, sizeof bytes);
    tr_pipe_write((uint64_t)pipe, bytes, sizeof bytes, 0);
    tell("close", tru_device_close(&sound));
    nap(600);
    tell("open", tru_device_open(TR_SOUND_DEVICE, 0, &sound));
    tell("was played", tru_sound_drain(&sound));
}

static void sound_try(void)
{
    information_tell();
    tell("8000 Hz", tru_sound_format(&sound, 8000, 1, 8));
    tell("no channel", tru_sound_format(&sound, 8000, 0, 8));
    tell("volume", tru_sound_volume(&sound, 30, 70));
    tell("volume kept", tru_sound_volume(&sound, TR_SOUND_KEEP, TR_SOUND_KEEP));
    tell("volume 101", tru_sound_volume(&sound, 101, 0));
    empty_streams_try();
    stop_try();
    leave_try();
    tell("play", tru_sound_play(&sound) > 0);
    tell("initialise", tru_device_initialise(&sound));
    information_tell();
}

static void dma_try(void)
{
    struct tr_dma_information information = {0};
    struct tr_dma memory = {0};

    tell("claim the card's channel", tru_dma_claim(&dma, 5));
    tell("claim the cascade", tru_dma_claim(&dma, 4));
    tell("claim", tru_dma_claim(&dma, 3));
    tell("claim again", tru_dma_claim(&dma, 3));
    tru_device_information(&dma, &information, sizeof information);
    tell("claimed", (int64_t)information.claimed);
    tell("memory", tr_dma_allocate(2, UINT64_C(1) << 24, 65536, &memory));
    tell("start", tru_dma_start(&dma, 3, memory.physical, 512, TR_DMA_AUTOMATIC));
    tell("left", tru_dma_left(&dma, 3));
    tell("start over the border", tru_dma_start(&dma, 3, memory.physical + 512, 65536, 0));
    tell("start nothing", tru_dma_start(&dma, 3, memory.physical, 0, 0));
    tell("start above 16 MiB", tru_dma_start(&dma, 3, UINT64_C(1) << 24, 512, 0));
    tell("start in no way", tru_dma_start(&dma, 3, memory.physical, 512, 8));
    tell("start all of it", tru_dma_start(&dma, 3, memory.physical, 65536, 0));
    tell("left", tru_dma_left(&dma, 3));
    tell("start another's", tru_dma_start(&dma, 5, memory.physical, 512, 0));
    tell("claim words", tru_dma_claim(&dma, 6));
    tell("start at an odd place", tru_dma_start(&dma, 6, memory.physical + 1, 512, 0));
    tell("start words", tru_dma_start(&dma, 6, memory.physical, 512, TR_DMA_TO_MEMORY));
    tell("stop", tru_dma_stop(&dma, 6));
    tell("release", tru_dma_release(&dma, 6));
    tell("stop what was released", tru_dma_stop(&dma, 6));
    tell("close", tru_device_close(&dma));
    tell("open", tru_device_open(TR_DMA_DEVICE, 0, &dma));
    tell("stop what was closed", tru_dma_stop(&dma, 3));
}

int main(void)
{
    if (found(TR_SOUND_DEVICE, &sound) && found(TR_DMA_DEVICE, &dma)) {
        sound_try();
        dma_try();
    }
    printf("jukebox: done\n");
    return 0;
}
