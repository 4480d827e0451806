/* SPDX-License-Identifier: MIT */
#pragma once

/* Where in a program's source an instruction comes from, by the tables in its image. */

#include "machine.h"

#define PLACE_MOST 160

/* "function (file.c:12)" for the address that the linker gave; without the file if there are no
 * lines. False: no function is there. What the text says depends on the image's bytes alone. */
bool place_in_image(const void *image, uint64_t size, uint64_t address, char *text,
                    uint64_t text_size);

/* The same for an instruction of a running program whose image is registered. */
bool place_of(struct machine *machine, struct hal_space *space, uint64_t ip, char *text,
              uint64_t text_size);
