/* SPDX-License-Identifier: MIT */
#pragma once

/* What a program says of itself (services.md 4). The file may be a stranger's, broken or hostile:
 * nothing in it is believed, and only the file's own bytes are read. */

#include <stdint.h>
#include <terrarium/program.h>

/* The size of the text that a program file of `size` bytes says of itself, which goes to `text`
 * without a zero byte; 0: it says nothing that is as it should be. */
uint64_t about_find(const void *image, uint64_t size, char text[TR_ABOUT_MAX]);
