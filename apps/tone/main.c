/* SPDX-License-Identifier: MIT */
/* `tone`: plays a tone, and says how much of it was heard.
 *
 *     tone HERTZ MILLISECONDS
 *     -v LEFT[,RIGHT]            volume, percent
 *     -f RATE,CHANNELS,BITS      how; else 44100,2,16
 *     -x                         for itself alone
 *
 * The driver refuses applications unless the boot file says otherwise (init.drivers: `probe sound
 * expose=application`). */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>
#include <terrarium/text.h>

#include "sine.h"

TR_PROGRAM_ABOUT("plays a tone");

#define FRAMES      256                  /* written at once */
#define PATIENCE_NS UINT64_C(1000000000) /* the system may just have started */

struct tone {
    uint32_t rate, channels, bits;
    uint32_t hertz, milliseconds;
    uint64_t left, right; /* volume */
    uint32_t flags;
};

static int failed(const char *what, int64_t error)
{
    printf("tone: %s: %s\n", what, tr_error_text(error));
    return 1;
}

/* Numbers with commas between them; how many there were. */
static uint32_t numbers_read(const char *text, uint64_t *numbers, uint32_t most)
{
    uint32_t count = 0;

    while (count < most) {
        char *end;
        numbers[count] = strtoul(text, &end, 10);
        if (end == text || (*end != '\0' && *end != ',')) {
            return 0;
        }
        count++;
        if (*end == '\0') {
            return count;
        }
        text = end + 1;
    }
    return 0;
}

static bool volume_read(const char *text, struct tone *tone)
{
    uint64_t numbers[2];
    uint32_t count = numbers_read(text, numbers, 2);

    tone->left = numbers[0];
    tone->right = numbers[count == 2 ? 1 : 0];
    return count > 0;
}

static bool format_read(const char *text, struct tone *tone)
{
    uint64_t numbers[3];

    if (numbers_read(text, numbers, 3) != 3) {
        return false;
    }
    tone->rate = (uint32_t)numbers[0];
    tone->channels = (uint32_t)numbers[1];
    tone->bits = (uint32_t)numbers[2];
    return true;
}

static bool words_read(int argc, char **argv, struct tone *tone)
{
    int at = 1;

    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "-x") == 0) {
            tone->flags = TR_EXCLUSIVE;
        } else if (at + 1 == argc ||
                   !(strcmp(argv[at], "-v") == 0   ? volume_read(argv[at + 1], tone)
                     : strcmp(argv[at], "-f") == 0 ? format_read(argv[at + 1], tone)
                                                   : false)) {
            return false;
        } else {
            at++;
        }
    }
    if (argc - at != 2) {
        return false;
    }
    tone->hertz = (uint32_t)strtoul(argv[at], NULL, 10);
    tone->milliseconds = (uint32_t)strtoul(argv[at + 1], NULL, 10);
    return tone->milliseconds > 0;
}

/* One sample of each channel; returns its size. */
static uint32_t frame_put(const struct tone *tone, uint32_t phase, uint8_t *to)
{
    uint32_t size = 0;

    for (uint32_t channel = 0; channel < tone->channels; channel++) {
        int32_t value = sine(phase);
        if (tone->bits == 16) {
            to[size++] = (uint8_t)value;
            to[size++] = (uint8_t)(value >> 8);
        } else {
            to[size++] = (uint8_t)((value + 32768) >> 8);
        }
    }
    return size;
}

/* 0, or the error that ended it. */
static int64_t tone_write(const struct tone *tone, uint64_t pipe)
{
    uint32_t step = (uint32_t)(((uint64_t)tone->hertz << 32) / tone->rate), phase = 0;
    uint64_t left = (uint64_t)tone->rate * tone->milliseconds / 1000;

    while (left > 0) {
        uint8_t bytes[FRAMES * 4];
        uint32_t size = 0, frames = left < FRAMES ? (uint32_t)left : FRAMES;
        for (uint32_t i = 0; i < frames; i++) {
            size += frame_put(tone, phase, bytes + size);
            phase += step;
        }
        int64_t written = tr_pipe_write(pipe, bytes, size, 0);
        if (written != size) {
            return written < 0 ? written : TR_E_PEER;
        }
        left -= frames;
    }
    return 0;
}

static int64_t prepare(struct tru_device *sound, const struct tone *tone)
{
    int64_t result = tru_sound_format(sound, tone->rate, tone->channels, tone->bits);

    if (result >= 0 && tone->left != TR_SOUND_KEEP) {
        result = tru_sound_volume(sound, tone->left, tone->right);
    }
    return result;
}

static int play(struct tru_device *sound, const struct tone *tone)
{
    struct tr_sound_information information;
    int64_t pipe = tru_sound_play(sound);

    if (pipe < 0) {
        return failed("not played", pipe);
    }
    int64_t result = tone_write(tone, (uint64_t)pipe);
    tr_pipe_release((uint64_t)pipe);
    if (result < 0) {
        return failed("cut short", result);
    }
    sound->timeout_ns = TR_FOREVER;
    result = tru_sound_drain(sound);
    if (result < 0) {
        return failed("the end was not heard", result);
    }
    tru_device_information(sound, &information, sizeof information);
    printf("tone: %" PRId64 " frames, %" PRIu64 " of silence\n", result, information.silence);
    return 0;
}

int main(int argc, char **argv)
{
    struct tone tone = {
        .rate = 44100, .channels = 2, .bits = 16, .left = TR_SOUND_KEEP, .right = TR_SOUND_KEEP};
    struct tru_device sound;

    if (!words_read(argc, argv, &tone)) {
        tru_text_print(
            stdout,
            "usage: tone [-v LEFT[,RIGHT]] [-f RATE,CHANNELS,BITS] [-x] HERTZ MILLISECONDS");
        return 2;
    }
    int64_t result = tru_device_find(TR_SOUND_DEVICE, PATIENCE_NS, &sound);
    if (result >= 0) {
        result = tru_device_open(TR_SOUND_DEVICE, tone.flags, &sound);
    }
    if (result < 0) {
        return failed("not to be had", result);
    }
    result = prepare(&sound, &tone);
    return result < 0 ? failed("not so", result) : play(&sound, &tone);
}
