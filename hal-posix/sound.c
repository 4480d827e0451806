/* SPDX-License-Identifier: MIT */
/* From the devices' rates to the end's, by holding each sample until the next. */

#include "sound.h"

#include <stdlib.h>
#include <string.h>

#include "machine.h"

#define NS_PER_S   UINT64_C(1000000000)
#define PAUSE_MOST (UINT64_C(10) * NS_PER_S)
#define BUFFER     4096

struct sound {
    const struct sound_end *kind; /* NULL: nobody listens */
    void *end;
    bool has_begun;
    uint64_t heard;        /* until when */
    uint64_t per, seconds; /* the rate of the last piece */
    uint64_t phase;        /* parts of a frame at SOUND_RATE that are still due */
    struct sound_frame buffer[BUFFER];
    size_t count;
};

static void flush(struct machine *machine, struct sound *sound)
{
    if (sound->count > 0 && !sound->kind->write(machine, sound->end, sound->buffer, sound->count)) {
        sound->kind->close(sound->end);
        sound->kind = NULL;
    }
    sound->count = 0;
}

static void put(struct machine *machine, struct sound *sound, struct sound_frame frame)
{
    sound->buffer[sound->count++] = frame;
    if (sound->count == BUFFER) {
        flush(machine, sound);
    }
}

/* The pause before a piece, in whole frames. */
static void pause_for(struct machine *machine, struct sound *sound, uint64_t ns)
{
    uint64_t pause = ns < PAUSE_MOST ? ns : PAUSE_MOST;
    for (uint64_t frames = pause * SOUND_RATE / NS_PER_S; frames > 0 && sound->kind != NULL;
         frames--) {
        put(machine, sound, (struct sound_frame){0, 0});
    }
}

/* Where it does not go on from the piece before, a piece begins with a whole frame. */
static void join(struct machine *machine, struct sound *sound, const struct sound_piece *piece)
{
    bool goes_on = sound->has_begun && piece->begin <= sound->heard;
    if (!goes_on && sound->has_begun) {
        pause_for(machine, sound, piece->begin - sound->heard);
    }
    if (!goes_on || piece->per != sound->per || piece->seconds != sound->seconds) {
        sound->phase = 0;
        sound->per = piece->per;
        sound->seconds = piece->seconds;
    }
    sound->has_begun = true;
    sound->heard = piece->end;
}

void sound_play(struct machine *machine, const struct sound_piece *piece)
{
    struct sound *sound = machine->sound;
    if (sound->kind == NULL) {
        return;
    }
    join(machine, sound, piece);
    for (size_t i = 0; i < piece->count; i++) {
        sound->phase += SOUND_RATE * piece->seconds;
        while (sound->phase >= piece->per && sound->kind != NULL) {
            sound->phase -= piece->per;
            put(machine, sound, piece->frames[i]);
        }
    }
}

bool sound_create(struct machine *machine, char *error, size_t error_size)
{
    const char *name = machine->hardware.sound;
    struct sound *sound = calloc(1, sizeof *sound);
    machine->sound = sound;
    if (sound == NULL || name == NULL) {
        return sound != NULL;
    }
    const struct sound_end *kind = strcmp(name, "sdl") == 0 ? &sound_sdl : &sound_wav;
    sound->end = kind->open(machine, name, &sound->has_begun, error, error_size);
    if (sound->end != NULL) {
        sound->kind = kind;
    }
    return sound->kind != NULL;
}

void sound_destroy(struct machine *machine)
{
    struct sound *sound = machine->sound;
    if (sound != NULL && sound->kind != NULL) {
        flush(machine, sound);
    }
    if (sound != NULL && sound->kind != NULL) {
        sound->kind->close(sound->end);
    }
    free(sound);
    machine->sound = NULL;
}
