/* SPDX-License-Identifier: MIT */
/* No loudspeakers: the machine was built without SDL2. */

#include <stdio.h>

#include "sound.h"

static void *none_open(struct machine *machine, const char *name, bool *has_begun, char *error,
                       size_t error_size)
{
    (void)machine, (void)has_begun;
    snprintf(error, error_size,
             "sound: %s: this build plays nothing: install libsdl2-dev and build again", name);
    return NULL;
}

const struct sound_end sound_sdl = {
    .open = none_open,
    .choice = "none",
    .detail = "--sound sdl is refused: install libsdl2-dev and build again.",
};
