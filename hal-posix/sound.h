/* SPDX-License-Identifier: MIT */
#pragma once

/* What is heard: samples of the sound devices, brought to one rate and written to the host's end,
 * a WAV file or its loudspeakers.
 *
 * The WAV file has two channels of 16 bits at SOUND_RATE. It begins with the first sample that is
 * played; pauses are as long as they were in virtual time, but at most ten seconds; a sample is
 * held until the next, as a converter holds it, so that samples at SOUND_RATE come through one to
 * one. After a reboot the file is gone on with; the pause counts from there. The same run gives the
 * same file. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;

#define SOUND_RATE 44100U

struct sound_frame {
    int16_t left, right;
};

/* Consecutive frames, heard from `begin` to `end`, nanoseconds since boot: `per` frames last
 * `seconds` seconds. A piece that begins when the one before ended goes on without a seam. */
struct sound_piece {
    uint64_t begin, end;
    uint64_t per, seconds;
    const struct sound_frame *frames;
    size_t count;
};

/* Opens the host's end that the machine's hardware names. False with a sentence in `error`. */
bool sound_create(struct machine *machine, char *error, size_t error_size);
void sound_destroy(struct machine *machine);
void sound_play(struct machine *machine, const struct sound_piece *piece);

/* A host's end. Functions of an end that is not there are NULL. */
struct sound_end {
    /* What it needs, or NULL with a sentence in `error`. *has_begun: sound of the machine before a
     * reboot is there already. */
    void *(*open)(struct machine *machine, const char *name, bool *has_begun, char *error,
                  size_t error_size);
    /* False: it failed (a warning has been given) and is not to be used any more. */
    bool (*write)(struct machine *machine, void *end, const struct sound_frame *frames,
                  size_t count);
    void (*close)(void *end);
    bool is_there;
    const char *choice, *detail; /* for `terrarium doctor` */
};
extern const struct sound_end sound_wav, sound_sdl;
