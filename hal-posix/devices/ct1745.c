/* SPDX-License-Identifier: MIT */
/* Mixer registers.
 *
 * SIM: only what digitised sound goes through is heard: voice, master, output gain. Treble, bass,
 * gain control and the sources that this card does not have keep their registers and do nothing. */

#include "ct1745.h"

#include <string.h>

enum { RESET = 0, MASTER = 0x30, VOICE = 0x32, MICROPHONE = 0x3a, OUTPUT_GAIN = 0x41 };
enum { OLD_MICROPHONE = 0x0a, LINE_SELECT = 0x80, CHANNEL_SELECT = 0x81, CAUSES = 0x82 };

#define STEPS_DOWN 62 /* of 2 dB: both volumes at their least */
#define STEPS_UP   9  /* output gain, 18 dB */

/* 10^0.9 in 2^-32, and 10^-0.1 (2 dB less) in 2^-32. */
#define LOUDEST UINT64_C(34116137904)
#define STEP    UINT64_C(3411613790)

/* Registers from `first` to `last`: the bits they have, and what a reset leaves. */
static const struct row {
    uint8_t first, last, bits, initial;
} rows[] = {
    {0x30, 0x35, 0xf8, 24 << 3}, {0x36, 0x3a, 0xf8, 0},    {0x3b, 0x3b, 0xc0, 0},
    {0x3c, 0x3c, 0x1f, 0x1f},    {0x3d, 0x3d, 0x7f, 0x15}, {0x3e, 0x3e, 0x7f, 0x0b},
    {0x3f, 0x42, 0xc0, 0},       {0x43, 0x43, 0x01, 0},    {0x44, 0x47, 0xf0, 8 << 4},
};

/* Registers of the older mixer: four bits for the left and four for the right of a pair here. */
static const struct old {
    uint8_t index, pair;
} olds[] = {{0x04, 0x32}, {0x22, 0x30}, {0x26, 0x34}, {0x28, 0x36}, {0x2e, 0x38}};

static uint32_t bits_of(uint32_t index)
{
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (index >= rows[i].first && index <= rows[i].last) {
            return rows[i].bits;
        }
    }
    return index == LINE_SELECT ? 0x0f : index == CHANNEL_SELECT ? 0xeb : 0;
}

static uint32_t pair_of(uint32_t index)
{
    for (uint32_t i = 0; i < sizeof olds / sizeof olds[0]; i++) {
        if (index == olds[i].index) {
            return olds[i].pair;
        }
    }
    return 0;
}

/* Line and channels stay as they are. */
static void reset(struct ct1745 *mixer)
{
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        memset(mixer->registers + rows[i].first, rows[i].initial,
               rows[i].last - rows[i].first + 1U);
    }
}

void ct1745_create(struct ct1745 *mixer)
{
    *mixer = (struct ct1745){.index = 0};
    mixer->registers[LINE_SELECT] = 1 << 1;
    mixer->registers[CHANNEL_SELECT] = 1 << 5 | 1 << 1;
    reset(mixer);
}

uint32_t ct1745_in(const struct ct1745 *mixer, uint32_t offset, uint32_t causes)
{
    uint32_t index = mixer->index, pair = pair_of(index);
    if (offset == 0) {
        return index;
    }
    if (pair != 0) {
        return (mixer->registers[pair] & 0xf0U) | mixer->registers[pair + 1] >> 4;
    }
    if (index == OLD_MICROPHONE) {
        return mixer->registers[MICROPHONE] >> 5;
    }
    return index == CAUSES ? causes : mixer->registers[index];
}

void ct1745_out(struct ct1745 *mixer, uint32_t offset, uint32_t value)
{
    uint32_t index = mixer->index, pair = pair_of(index);
    if (offset == 0) {
        mixer->index = (uint8_t)value;
    } else if (index == RESET) {
        reset(mixer);
    } else if (pair != 0) {
        mixer->registers[pair] = (uint8_t)((value & 0xf0) | 8);
        mixer->registers[pair + 1] = (uint8_t)((value << 4 & 0xf0) | 8);
    } else if (index == OLD_MICROPHONE) {
        mixer->registers[MICROPHONE] = (uint8_t)((value & 7) << 5 | 0x18);
    } else {
        mixer->registers[index] = (uint8_t)(value & bits_of(index));
    }
}

uint32_t ct1745_gain(const struct ct1745 *mixer, uint32_t side)
{
    const uint8_t *registers = mixer->registers + side;
    uint32_t down = 31U - (registers[MASTER] >> 3) + 31U - (registers[VOICE] >> 3);
    uint32_t up = 3U * (registers[OUTPUT_GAIN] >> 6);
    uint64_t gain = LOUDEST;
    for (uint32_t step = STEPS_UP - up + down; step > 0; step--) {
        gain = (gain * (STEP >> 4) >> 28);
    }
    return (uint32_t)((gain + 0x8000) >> 16);
}

int16_t ct1745_amplified(int32_t sample, uint32_t gain)
{
    int64_t value = (int64_t)sample * gain / 65536;
    return (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value);
}

uint32_t ct1745_line(const struct ct1745 *mixer)
{
    static const uint8_t lines[] = {9, 5, 7, 10};
    for (uint32_t i = 0; i < sizeof lines; i++) {
        if ((mixer->registers[LINE_SELECT] >> i & 1) != 0) {
            return lines[i];
        }
    }
    return CT1745_NONE;
}

uint32_t ct1745_channel(const struct ct1745 *mixer, bool is_word)
{
    uint32_t chosen = mixer->registers[CHANNEL_SELECT];
    if (is_word && (chosen & 0xe0) != 0) {
        chosen &= 0xe0;
    } else {
        chosen &= 0x0b;
    }
    for (uint32_t channel = 0; channel < 8; channel++) {
        if ((chosen >> channel & 1) != 0) {
            return channel;
        }
    }
    return CT1745_NONE;
}
