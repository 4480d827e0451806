/* SPDX-License-Identifier: MIT */
/* A 3½-inch drive. The angle of the disk follows from the time alone.
 *
 * SIM: formats are known by the image's size and cannot be changed; a motor that is switched off
 * stops at once; 360 KiB floppies have their 40 tracks on the first 40 places. */

#include "floppy_drive.h"

#include <stddef.h>
#include <stdio.h>

#include "hal-posix/board.h"
#include "hal-posix/machine.h"
#include "hal-posix/medium.h"

#define SPIN_UP_NS UINT64_C(300000000)
#define LAST_PLACE 82 /* where the heads meet the stop */

static const struct floppy_format formats[] = {{720, 40, 2, 9, 2},   {1440, 80, 2, 9, 2},
                                               {2400, 80, 2, 15, 0}, {2880, 80, 2, 18, 0},
                                               {3360, 80, 2, 21, 0}, {5760, 80, 2, 36, 3}};

static const struct floppy_format *format_of(uint64_t sectors)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (formats[i].sectors == sectors) {
            return &formats[i];
        }
    }
    return NULL;
}

struct medium *floppy_medium_open(const struct posix_medium *image, char text[MEDIUM_TEXT])
{
    struct medium *medium = medium_open("floppy", image, FLOPPY_SECTOR, text);
    if (medium != NULL && (format_of(medium_sectors(medium)) == NULL || text[0] != '\0')) {
        snprintf(text, MEDIUM_TEXT,
                 "floppy: %s: not the size of a floppy (360, 720, 1200, 1440, 1680, 2880 KiB)",
                 image->path);
        medium_close(medium);
        return NULL;
    }
    return medium;
}

static void insert(struct floppy_drive *drive, struct medium *medium)
{
    drive->medium = medium;
    drive->format = medium == NULL ? NULL : format_of(medium_sectors(medium));
    drive->is_changed = true;
}

static struct floppy_drive *drive_of(struct hardware_slot *slot)
{
    return (struct floppy_drive *)((char *)slot - offsetof(struct floppy_drive, slot));
}

static bool change(struct machine *machine, struct hardware_slot *slot,
                   const struct posix_medium *image)
{
    struct medium *medium = NULL;
    struct floppy_drive *drive = drive_of(slot);
    char text[MEDIUM_TEXT];
    if (image->path != NULL) {
        medium = floppy_medium_open(image, text);
        if (medium == NULL) {
            host_warn(machine, "%s", text);
            return false;
        }
    }
    medium_attach(medium, machine);
    medium_close(drive->medium);
    machine->board->floppies[drive->unit].medium = medium;
    insert(drive, medium);
    return true;
}

static bool bad(struct machine *machine, struct hardware_slot *slot, uint64_t first, uint64_t count,
                bool is_bad)
{
    struct floppy_drive *drive = drive_of(slot);
    if (drive->medium == NULL || !medium_bad(drive->medium, first, count, is_bad)) {
        host_warn(machine, "floppy %u: it has no such sectors", drive->unit);
        return false;
    }
    return true;
}

void floppy_drive_create(struct machine *machine, struct floppy_drive *drive, uint32_t unit)
{
    drive->unit = unit;
    drive->is_there = unit < machine->hardware.floppy_drives;
    if (!drive->is_there) {
        return;
    }
    drive->slot = (struct hardware_slot){change, bad};
    machine->slots.floppies[unit] = &drive->slot;
    insert(drive, machine->board->floppies[unit].medium);
}

void floppy_drive_motor(struct machine *machine, struct floppy_drive *drive, bool is_on)
{
    if (is_on && !drive->motor) {
        drive->motor_since = timeline_now(machine);
    }
    drive->motor = is_on;
}

void floppy_drive_step(struct floppy_drive *drive, bool is_inwards)
{
    if (is_inwards && drive->cylinder < LAST_PLACE) {
        drive->cylinder++;
    } else if (!is_inwards && drive->cylinder > 0) {
        drive->cylinder--;
    }
    drive->is_changed = drive->is_changed && drive->medium == NULL;
}

bool floppy_drive_turns(struct machine *machine, const struct floppy_drive *drive)
{
    return drive->is_there && drive->medium != NULL && drive->motor &&
           timeline_now(machine) - drive->motor_since >= SPIN_UP_NS;
}

uint64_t floppy_drive_sector_ns(const struct floppy_drive *drive)
{
    return FLOPPY_REVOLUTION_NS / drive->format->track_sectors;
}

uint64_t floppy_drive_until(struct machine *machine, const struct floppy_drive *drive,
                            uint32_t sector)
{
    uint64_t angle = timeline_now(machine) % FLOPPY_REVOLUTION_NS;
    uint64_t wanted = (sector - 1) * floppy_drive_sector_ns(drive);
    return (wanted + FLOPPY_REVOLUTION_NS - angle) % FLOPPY_REVOLUTION_NS;
}

uint32_t floppy_drive_next(struct machine *machine, const struct floppy_drive *drive)
{
    uint64_t angle = timeline_now(machine) % FLOPPY_REVOLUTION_NS;
    uint32_t slot = (uint32_t)(angle / floppy_drive_sector_ns(drive));
    return (slot + 1) % drive->format->track_sectors + 1;
}

static uint64_t number_of(const struct floppy_drive *drive, uint32_t head, uint32_t sector)
{
    const struct floppy_format *format = drive->format;
    return ((uint64_t)drive->cylinder * format->heads + head) * format->track_sectors + sector - 1;
}

bool floppy_drive_read(struct floppy_drive *drive, uint32_t head, uint32_t sector, void *bytes)
{
    return medium_read(drive->medium, number_of(drive, head, sector), 1, bytes) == 1;
}

bool floppy_drive_write(struct floppy_drive *drive, uint32_t head, uint32_t sector,
                        const void *bytes)
{
    return medium_write(drive->medium, number_of(drive, head, sector), 1, bytes) == 1;
}

bool floppy_drive_is_protected(const struct floppy_drive *drive)
{
    return drive->medium != NULL && medium_is_read_only(drive->medium);
}
