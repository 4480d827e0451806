/* SPDX-License-Identifier: MIT */
#pragma once

/* A drive on a channel and its device object: what disks and CD-ROMs have in common. A channel has
 * one queue, so at most one request of its two drives is under way. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/driver.h>

#include "channel.h"
#include "media.h"

struct drive {
    struct channel *channel;
    uint32_t unit;
    enum drive_kind kind;
    struct tru_driver_device device;
    char name[TR_NAME_MAX], model[TR_NAME_MAX], text[TR_NAME_MAX];
    uint16_t identity[256];
    uint64_t sectors;
    uint32_t sector_size;
    bool is_long;      /* takes 48-bit addresses */
    bool has_dma;      /* it and the channel */
    uint32_t multiple; /* sectors at an interrupt */

    /* The request under way. */
    struct tru_driver_request *request;
    uint8_t *bytes; /* the client's, read into or written from */
    uint32_t part;  /* sectors of the command under way */
    uint32_t tries;

    /* CD-ROM. */
    struct media media;
    bool is_measured; /* `sectors` is of the disc that is in */
    uint8_t sense[18];
    uint64_t patience; /* until when a disc may take to get ready */
    void (*ready)(struct drive *drive);
    uint8_t packet[12];
    uint32_t packet_size;
    enum flow packet_flow;
    void (*packet_done)(struct drive *drive, int64_t result);
};

#define DRIVE_TRANSFER_MOST 2048 /* sectors of 512 bytes in a request */

/* Sets up the device object for a drive whose identity has been read. 0 or a TR_E_*. */
int64_t disk_add(struct drive *drive, uint32_t number);
int64_t cdrom_add(struct drive *drive, uint32_t number);

/* Its channel was reset. */
void disk_was_reset(struct drive *drive);

/* Waits for `ns` in the name of a drive, which is the active one of its channel. */
void drive_wait(struct drive *drive, uint64_t ns, void (*then)(struct drive *drive));

/* The drive that a request is for. */
static inline struct drive *drive_of(const struct tru_driver_request *request)
{
    return request->device->user;
}

/* TR_DEVICE_OPERATION_INITIALISE, of either kind of drive: resets the channel. */
void drive_initialise(struct tru_driver_request *request);

/* The request under way is over. */
void drive_done(struct drive *drive, int64_t result);

/* The command to try once more after a reset, or TR_E_TIMEDOUT: what to make of an outcome. 1: it
 * went well, 0: failed, the drive says why. */
bool drive_may_retry(struct drive *drive);
