/* SPDX-License-Identifier: MIT */
#pragma once

/* Image files for tests of disks: sector n is full of the number n, as 32-bit words. */

#include <stdbool.h>
#include <stdint.h>

#define IMAGE_PATH 64

/* Makes a file; the path must be image_remove'd. */
void image_make(char path[IMAGE_PATH], uint32_t sectors, uint32_t sector_size);
void image_remove(const char *path);

/* True if the bytes are sector n as it was made. */
bool image_is_sector(const void *bytes, uint32_t number, uint32_t sector_size);

/* Reads a sector of the file, as it is on the host. */
void image_read(const char *path, uint32_t number, uint32_t sector_size, void *bytes);
