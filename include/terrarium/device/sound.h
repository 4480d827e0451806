/* SPDX-License-Identifier: MIT */
#pragma once

/* Sound: samples from a pipe to a loudspeaker. See device.h for the form of its messages. Samples
 * are little endian, channels interleaved, left first; one sample of each channel is a frame. A
 * pipe that runs empty is heard as silence and counted. */

#include <terrarium/device/device.h>

enum tr_sound_operation {
#define TR_SOUND_OPERATION(name, number, rights, meaning) TR_SOUND_##name = (number),
#include <terrarium/device/sound.def>
#undef TR_SOUND_OPERATION
};

#define TR_SOUND_DEVICE "sound"
#define TR_SOUND_KEEP   UINT64_MAX

/* Flag of the information. */
#define TR_SOUND_PLAYING UINT32_C(1)

struct tr_sound_information {
    struct tr_device_information device;
    uint64_t rate, channels, bits;   /* the format now */
    uint64_t rate_least, rate_most;  /* samples per second */
    uint64_t frames_played, silence; /* frames since PLAY; frames of silence among them */
    uint64_t volume_left, volume_right;
};
