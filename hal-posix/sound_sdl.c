/* SPDX-License-Identifier: MIT */
/* The host's loudspeakers by SDL2, loaded when they are asked for. Virtual time runs ahead of the
 * host's unless it is paced: what is played waits in SDL's queue, ten seconds at most, and the
 * machine's end waits for the queue. */

#include <SDL2/SDL.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "machine.h"
#include "sound.h"

#define LIBRARY    "libSDL2-2.0.so.0"
#define QUEUE_MOST (UINT32_C(10) * SOUND_RATE * (uint32_t)sizeof(struct sound_frame))
#define LOOK_NS    20000000L
#define LOOKS_MOST 600 /* twelve seconds */

static struct {
    __typeof__(SDL_SetHint) *hint;
    __typeof__(SDL_InitSubSystem) *start;
    __typeof__(SDL_OpenAudioDevice) *open;
    __typeof__(SDL_PauseAudioDevice) *pause;
    __typeof__(SDL_QueueAudio) *queue;
    __typeof__(SDL_GetQueuedAudioSize) *queued;
    __typeof__(SDL_CloseAudioDevice) *close;
    __typeof__(SDL_QuitSubSystem) *stop;
    __typeof__(SDL_GetError) *why;
} library;

struct speakers {
    SDL_AudioDeviceID device;
    bool is_late; /* has been warned of */
};

static bool library_load(void)
{
    const struct {
        void **to;
        const char *name;
    } functions[] = {
        {(void **)&library.hint, "SDL_SetHint"},
        {(void **)&library.start, "SDL_InitSubSystem"},
        {(void **)&library.open, "SDL_OpenAudioDevice"},
        {(void **)&library.pause, "SDL_PauseAudioDevice"},
        {(void **)&library.queue, "SDL_QueueAudio"},
        {(void **)&library.queued, "SDL_GetQueuedAudioSize"},
        {(void **)&library.close, "SDL_CloseAudioDevice"},
        {(void **)&library.stop, "SDL_QuitSubSystem"},
        {(void **)&library.why, "SDL_GetError"},
    };
    void *handle = library.hint == NULL ? dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (handle == NULL) {
        return library.hint != NULL;
    }
    for (size_t i = sizeof functions / sizeof functions[0]; i > 0; i--) {
        *functions[i - 1].to = dlsym(handle, functions[i - 1].name);
        if (*functions[i - 1].to == NULL) {
            return false;
        }
    }
    return true;
}

static bool device_open(struct speakers *speakers)
{
    const SDL_AudioSpec wanted = {
        .freq = SOUND_RATE, .format = AUDIO_S16SYS, .channels = 2, .samples = 1024};
    library.hint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* the machine has its own */
    if (library.start(SDL_INIT_AUDIO) != 0) {
        return false;
    }
    speakers->device = library.open(NULL, 0, &wanted, NULL, 0);
    if (speakers->device == 0) {
        library.stop(SDL_INIT_AUDIO);
        return false;
    }
    library.pause(speakers->device, 0);
    return true;
}

static void *sdl_open(struct machine *machine, const char *name, bool *has_begun, char *error,
                      size_t error_size)
{
    (void)machine, (void)has_begun;
    if (!library_load()) {
        snprintf(error, error_size, "sound: %s: %s cannot be loaded: install libsdl2-2.0-0", name,
                 LIBRARY);
        return NULL;
    }
    struct speakers *speakers = calloc(1, sizeof *speakers);
    if (speakers != NULL && !device_open(speakers)) {
        snprintf(error, error_size, "sound: %s: %s; --sound FILE.wav needs no loudspeaker", name,
                 library.why());
        free(speakers);
        return NULL;
    }
    return speakers;
}

static bool sdl_write(struct machine *machine, void *end, const struct sound_frame *frames,
                      size_t count)
{
    struct speakers *speakers = end;
    if (library.queued(speakers->device) > QUEUE_MOST) {
        if (!speakers->is_late) {
            speakers->is_late = true;
            host_warn(machine, "sound: the machine is ten seconds ahead of the loudspeakers: "
                               "some of what is played is left out");
        }
        return true;
    }
    if (library.queue(speakers->device, frames, (uint32_t)(count * sizeof *frames)) == 0) {
        return true;
    }
    host_warn(machine, "sound: %s: what comes now is not heard", library.why());
    return false;
}

static void sdl_close(void *end)
{
    struct speakers *speakers = end;
    const struct timespec pause = {.tv_nsec = LOOK_NS};
    for (int i = 0; i < LOOKS_MOST && library.queued(speakers->device) > 0; i++) {
        nanosleep(&pause, NULL);
    }
    library.close(speakers->device);
    library.stop(SDL_INIT_AUDIO);
    free(speakers);
}

const struct sound_end sound_sdl = {
    .open = sdl_open,
    .write = sdl_write,
    .close = sdl_close,
    .is_there = true,
    .choice = "SDL2",
    .detail = "--sound sdl plays what is played.",
};
