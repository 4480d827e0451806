/* SPDX-License-Identifier: MIT */
#pragma once

/* The host end of disks, floppies and CD-ROMs: a raw image file, numbered sectors. What is written
 * is in the file, sector by sector, when medium_write returns, so that a stop of the simulator at
 * any moment leaves each sector old or new. A file is locked while it is in use: written by one
 * machine, or read by many. */

#include <stdbool.h>
#include <stdint.h>

struct machine;
struct medium;
struct posix_medium;

#define MEDIUM_TEXT 512

/* Opens an image. NULL: it cannot be used; else `text` is empty, or says what of it is left out. It
 * is a sentence that begins with `what`. With sectors of 2048 bytes the image may hold those of a
 * CD with all that is around them, 2352 bytes each. */
struct medium *medium_open(const char *what, const struct posix_medium *image, uint32_t sector_size,
                           char text[MEDIUM_TEXT]);
/* Whose warnings tell of trouble with the file from now on. NULL medium: nothing. */
void medium_attach(struct medium *medium, struct machine *machine);
void medium_close(struct medium *medium); /* NULL: nothing */

uint64_t medium_sectors(const struct medium *medium);
bool medium_is_read_only(const struct medium *medium);

/* How many sectors were moved before the first bad one, or all. The range lies on the medium. */
uint64_t medium_read(struct medium *medium, uint64_t first, uint64_t count, void *bytes);
uint64_t medium_write(struct medium *medium, uint64_t first, uint64_t count, const void *bytes);

/* Has the host bring the file to its disk. False: it could not. */
bool medium_flush(struct medium *medium);

/* Sectors that cannot be read or written from now on, or can again. False: beyond the end. */
bool medium_bad(struct medium *medium, uint64_t first, uint64_t count, bool is_bad);
