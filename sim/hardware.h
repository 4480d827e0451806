/* SPDX-License-Identifier: MIT */
#pragma once

/* The hardware around the machine, as the boot file and the command line describe it in the same
 * words: what there is, which files are its disks, and what happens to it when. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal-posix/posix.h"

#define SIM_HARDWARE_FLOPPIES POSIX_FLOPPIES

struct sim_hardware {
    struct posix_hardware posix; /* complete after sim_hardware_complete */
    struct posix_medium disks[POSIX_DRIVES], cdroms[POSIX_DRIVES];
    size_t disk_count, cdrom_count;
    const char *serial, *serial_input; /* what to open (serial.h); serial NULL: nothing */
    struct posix_serial serial_files;
    struct posix_event *events;
    char **texts; /* owned: what posix points to */
    size_t text_count;
};

/* Everything a PC has, without disks. */
void sim_hardware_init(struct sim_hardware *hardware);
void sim_hardware_free(struct sim_hardware *hardware);

/* The words sim_hardware_take knows, ended by NULL. */
extern const char *const sim_hardware_words[];

/* Takes one description: `word` is one of these, `value` what belongs to it. Files are relative to
 * `folder` (NULL: the present one). False, with a sentence in `why`, if it is wrong. */
bool sim_hardware_take(struct sim_hardware *hardware, const char *word, const char *value,
                       const char *folder, char *why, size_t why_size);

/* Gives the disks their places. False after a complaint. */
bool sim_hardware_complete(struct sim_hardware *hardware);
