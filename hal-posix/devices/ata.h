/* SPDX-License-Identifier: MIT */
#pragma once

/* ATA channels and their drives (ANSI INCITS 361, ATA/ATAPI-6): what the channel, the disk and the
 * CD-ROM share. A drive's command goes on by steps, each called when its time has come; between
 * them the drive is busy, or a block lies at the data port. */

#include <stdbool.h>
#include <stdint.h>

#include "bus_master.h"
#include "hal-posix/bus.h"
#include "hal-posix/hardware.h"
#include "hal-posix/posix.h"
#include "hal-posix/timeline.h"

struct machine;
struct medium;
struct ata_channel;
struct ata_drive;

#define ATA_BUFFER 65536

enum ata_status {
    ATA_BUSY = 0x80,
    ATA_READY = 0x40,
    ATA_SEEKED = 0x10,
    ATA_REQUEST = 8, /* data at the port */
    ATA_FAILED = 1
};

enum ata_error {
    ATA_UNCORRECTABLE = 0x40,
    ATA_NOT_FOUND = 0x10, /* no such sector */
    ATA_ABORTED = 4
};

/* Registers with two names have the value written before the last one, too. */
struct ata_pair {
    uint8_t now, before;
};

typedef void ata_step(struct machine *machine, struct ata_drive *drive);

/* What makes a drive a disk or a CD-ROM. */
struct ata_kind {
    void (*command)(struct machine *machine, struct ata_drive *drive, uint8_t command);
    /* After a reset: the registers that tell the kind, and what a reset forgets. */
    void (*reset)(struct ata_drive *drive);
};

struct ata_packet {
    uint8_t bytes[12];
    uint8_t key, code, qualifier; /* sense */
    uint8_t attention;            /* unit attention to be told: its code, 0 none */
    bool is_out;                  /* the tray is */
    bool is_locked;
    bool by_dma;
    uint64_t ready_at; /* a new medium turns fast enough */
    uint32_t limit;    /* bytes in a block at most */
    uint32_t total;    /* bytes in the buffer that go to the host */
};

struct ata_drive {
    struct timed timed; /* first: fire gets it */
    struct hardware_slot slot;
    struct ata_channel *channel;
    const struct ata_kind *kind;
    uint32_t unit;
    uint32_t number; /* channel * 2 + unit */
    struct medium *medium;
    uint64_t changes; /* of the medium */

    uint8_t status, error;
    struct ata_pair feature, count, low, middle, high;
    uint8_t device;
    bool asks; /* the interrupt, before the channel's enable bit */

    uint8_t command;
    bool is_long;          /* with 48-bit addresses */
    bool wants_dma;        /* a step waits for the bus master */
    uint64_t dma_ns;       /* its length */
    ata_step *step;        /* after the time */
    ata_step *moved;       /* after the block at the port */
    uint64_t sector, left; /* of the command under way */
    uint64_t changes_then; /* when it began */
    uint32_t multiple;     /* sectors in a block of the MULTIPLE commands, 0: off */
    uint32_t block;        /* sectors in a block of this command */
    uint32_t heads, track_sectors;
    uint8_t mode; /* SET FEATURES 3 */
    uint64_t follows, track;
    struct ata_packet packet;

    uint32_t at, size; /* of the block at the port */
    bool is_input;     /* it goes to the host */
    uint8_t buffer[ATA_BUFFER];
};

struct ata_channel {
    struct bus_range data, registers, control;
    uint32_t line;
    uint32_t selected;
    uint8_t device_control;
    bool line_level;
    struct ata_drive *drives[2]; /* NULL: none */
    struct bus_master bus_master;
};

/* ---- ata.c: the channel ---------------------------------------------------------------------- */

/* Puts a channel on its ports. The drives are added with ata_drive_add. */
void ata_channel_create(struct machine *machine, struct ata_channel *channel, uint32_t number);
void ata_channel_destroy(struct machine *machine, struct ata_channel *channel);
/* Adds a drive with what lies in it on the board; a disk that is not there is left out. False: no
 * memory. */
bool ata_drive_add(struct machine *machine, struct ata_channel *channel, uint32_t number,
                   enum posix_drive_kind kind);

/* The command is over, well or with an error, and the drive interrupts. */
void ata_done(struct machine *machine, struct ata_drive *drive);
void ata_fail(struct machine *machine, struct ata_drive *drive, uint8_t error);
/* Busy for a while, then `step`. */
void ata_wait(struct machine *machine, struct ata_drive *drive, uint64_t ns, ata_step *step);
/* The same, but the time begins when the bus master is started. */
void ata_wait_dma(struct machine *machine, struct ata_drive *drive, uint64_t ns, ata_step *step);
/* The buffer's first `size` bytes lie at the port, to be read or filled; then `moved`. */
void ata_block(struct machine *machine, struct ata_drive *drive, uint32_t size, bool is_input,
               bool asks, ata_step *moved);
/* Tells the mode of SET FEATURES, or refuses it: for both kinds. */
void ata_set_features(struct machine *machine, struct ata_drive *drive);

/* Puts a text into a block of IDENTIFY from word `word` on, padded, bytes swapped as words are. */
void ata_text(uint8_t *block, uint32_t word, uint32_t words, const char *text);
void ata_word(uint8_t *block, uint32_t word, uint32_t value);
/* Words 63 and 88 (modes that DMA may use and the one that is set), 64 to 68, 80: of both kinds. */
void ata_identify_modes(const struct ata_drive *drive, uint8_t *block);

/* ---- ata_disk.c, atapi.c --------------------------------------------------------------------- */

extern const struct ata_kind ata_disk, atapi_cdrom;
#define ATA_DISK_SECTOR 512
#define CDROM_SECTOR    2048
void ata_disk_plug(struct ata_drive *drive);
void atapi_plug(struct ata_drive *drive);
