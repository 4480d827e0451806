/* SPDX-License-Identifier: MIT */
#pragma once

/* A disk image to measure with, in the host's page cache once it is made. */

#include <stdint.h>

#define IMAGE_FILE_PATH 64
#define IMAGE_FILE_SIZE (UINT64_C(16) << 20)

/* Makes it and returns it open; the caller removes the path. */
int image_file_make(char path[IMAGE_FILE_PATH]);
