/* SPDX-License-Identifier: MIT */
#pragma once

/* Images of programs: where their ELF files lie on the host, for Valgrind and debuggers. */

#include "machine.h"

struct window;

/* The process of this window has ended: debuggers forget its images. */
void image_forget(struct machine *machine, struct window *window);
void image_destroy_all(struct machine *machine);
