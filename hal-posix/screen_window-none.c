/* SPDX-License-Identifier: MIT */
/* Built without the headers of SDL2: no window. */

#include "screen.h"

const struct screen_end screen_window = {
    .name = "window",
    .choice = "none",
    .detail = "this program was built without SDL2 (package libsdl2-dev); blocks needs nothing",
};
