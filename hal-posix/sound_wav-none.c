/* SPDX-License-Identifier: MIT */
/* No WAV files: the machine was built without libsndfile. */

#include <stdio.h>

#include "sound.h"

static void *none_open(struct machine *machine, const char *name, bool *has_begun, char *error,
                       size_t error_size)
{
    (void)machine, (void)has_begun;
    snprintf(
        error, error_size,
        "sound: \"%s\": this build writes no WAV files: install libsndfile1-dev and build again",
        name);
    return NULL;
}

const struct sound_end sound_wav = {
    .open = none_open,
    .choice = "none",
    .detail = "--sound FILE.wav is refused: install libsndfile1-dev and build again.",
};
