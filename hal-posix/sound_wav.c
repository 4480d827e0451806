/* SPDX-License-Identifier: MIT */
/* A WAV file by libsndfile. The library is loaded when a file is asked for: machines are made by
 * the thousand, and most are silent. */

#include <dlfcn.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "sound.h"

#define LIBRARY "libsndfile.so.1"

_Static_assert(sizeof(struct sound_frame) == 2 * sizeof(short), "two samples of the library's");

static struct {
    __typeof__(sf_open) *open;
    __typeof__(sf_command) *command;
    __typeof__(sf_writef_short) *write;
    __typeof__(sf_seek) *seek;
    __typeof__(sf_strerror) *why;
    __typeof__(sf_close) *close;
} library;

static bool library_load(void)
{
    const struct {
        void **to;
        const char *name;
    } functions[] = {
        {(void **)&library.open, "sf_open"},          {(void **)&library.command, "sf_command"},
        {(void **)&library.write, "sf_writef_short"}, {(void **)&library.seek, "sf_seek"},
        {(void **)&library.why, "sf_strerror"},       {(void **)&library.close, "sf_close"},
    };
    void *handle = library.open == NULL ? dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (handle == NULL) {
        return library.open != NULL;
    }
    for (size_t i = sizeof functions / sizeof functions[0]; i > 0; i--) {
        *functions[i - 1].to = dlsym(handle, functions[i - 1].name);
        if (*functions[i - 1].to == NULL) {
            return false;
        }
    }
    return true;
}

static void *wav_open(struct machine *machine, const char *name, bool *has_begun, char *error,
                      size_t error_size)
{
    SF_INFO information = {
        .samplerate = SOUND_RATE, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    if (!library_load()) {
        snprintf(error, error_size, "sound: %s cannot be loaded: install the package libsndfile1",
                 LIBRARY);
        return NULL;
    }
    bool goes_on = machine->hardware.elapsed != 0;
    SNDFILE *file = library.open(name, goes_on ? SFM_RDWR : SFM_WRITE, &information);
    if (file == NULL) {
        snprintf(error, error_size, "sound: \"%s\" cannot be written: %s", name, library.why(NULL));
        return NULL;
    }
    /* A run that is killed leaves a file that can be played. */
    library.command(file, SFC_SET_UPDATE_HEADER_AUTO, NULL, SF_TRUE);
    library.seek(file, 0, SEEK_END);
    *has_begun = goes_on && information.frames > 0;
    return file;
}

static bool wav_write(struct machine *machine, void *end, const struct sound_frame *frames,
                      size_t count)
{
    if (library.write(end, &frames[0].left, (sf_count_t)count) == (sf_count_t)count) {
        return true;
    }
    host_warn(machine, "sound: %s: what comes now is not in the file", library.why(end));
    return false;
}

static void wav_close(void *end)
{
    library.close(end);
}

const struct sound_end sound_wav = {
    .open = wav_open,
    .write = wav_write,
    .close = wav_close,
    .is_there = true,
    .choice = "libsndfile",
    .detail = "--sound FILE.wav writes what is played.",
};
