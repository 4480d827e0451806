/* SPDX-License-Identifier: MIT */
#pragma once

/* A floppy drive: motor, heads on a track, what turns under them, and the lines a controller reads:
 * track 0, write protection, disk change. 300 revolutions a minute. Times are of the machine. */

#include <stdbool.h>
#include <stdint.h>

#include "hal-posix/hardware.h"
#include "hal-posix/medium.h"

struct machine;
struct medium;
struct posix_medium;

#define FLOPPY_SECTOR 512

/* What an image of this size is. */
struct floppy_format {
    uint32_t sectors; /* all */
    uint32_t cylinders, heads, track_sectors;
    uint32_t rate; /* code of the controller: 0 500, 1 300, 2 250 kbit/s, 3 1 Mbit/s */
};

struct floppy_drive {
    struct hardware_slot slot;
    uint32_t unit;
    bool is_there;
    struct medium *medium;
    const struct floppy_format *format; /* of the medium */
    uint32_t cylinder;                  /* where the heads are */
    bool motor, is_changed;
    uint64_t motor_since;
};

/* A medium that is a floppy. NULL: it is none that could be used; `text` says why. */
struct medium *floppy_medium_open(const struct posix_medium *image, char text[MEDIUM_TEXT]);

/* Puts a drive into place, with the floppy that is on the machine's board, or none. */
void floppy_drive_create(struct machine *machine, struct floppy_drive *drive, uint32_t unit);

void floppy_drive_motor(struct machine *machine, struct floppy_drive *drive, bool is_on);
/* One step of the heads; with a floppy in the drive it ends the change line. */
void floppy_drive_step(struct floppy_drive *drive, bool is_inwards);

/* True if something turns at speed under the heads: there are index pulses. */
bool floppy_drive_turns(struct machine *machine, const struct floppy_drive *drive);

/* The time until sector 1 … of the track comes by, and how long one takes. */
uint64_t floppy_drive_until(struct machine *machine, const struct floppy_drive *drive,
                            uint32_t sector);
uint64_t floppy_drive_sector_ns(const struct floppy_drive *drive);
/* The next sector to come by. */
uint32_t floppy_drive_next(struct machine *machine, const struct floppy_drive *drive);
#define FLOPPY_REVOLUTION_NS UINT64_C(200000000)

/* Sector 1 … under a head. False: it cannot be read, or written. */
bool floppy_drive_read(struct floppy_drive *drive, uint32_t head, uint32_t sector, void *bytes);
bool floppy_drive_write(struct floppy_drive *drive, uint32_t head, uint32_t sector,
                        const void *bytes);
bool floppy_drive_is_protected(const struct floppy_drive *drive);
