/* SPDX-License-Identifier: MIT */
/* Requests to a CD-ROM, as packets. A packet that fails is followed by REQUEST SENSE, which says
 * why. A disc is measured (READ CAPACITY) when it is first needed; the drive tells of a new one by
 * a unit attention, and that a new one is not ready yet by another error: then a timer asks again.
 */

#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device/storage.h>

#include "drive.h"

#define SECTOR      2048
#define PART_MOST   (CHANNEL_BUFFER / SECTOR)
#define TIMEOUT_NS  UINT64_C(4000000000)
#define PATIENCE_NS UINT64_C(6000000000)
#define LOOK_NS     UINT64_C(200000000)

enum { TEST_READY = 0, REQUEST_SENSE = 3, START_STOP = 0x1b, READ_CAPACITY = 0x25, READ = 0x28 };
enum { SENSE_NOT_READY = 2, SENSE_MEDIUM = 3, SENSE_ILLEGAL = 5, SENSE_ATTENTION = 6 };
enum { CODE_BECOMING_READY = 0x04, CODE_OUT_OF_RANGE = 0x21, CODE_CHANGED = 0x28 };
enum { CODE_NO_MEDIUM = 0x3a, CODE_LOCKED = 0x53 };

/* ---- Packets --------------------------------------------------------------------------------- */

static void packet_send(struct drive *drive);

/* What the drive says of a failure. AGAIN: nothing is wrong, send the packet once more. */
static int64_t sense_read(struct drive *drive)
{
    uint8_t key = drive->sense[2] & 15, code = drive->sense[12];

    if (key == SENSE_ATTENTION) {
        if (code == CODE_CHANGED) {
            media_change(&drive->media);
        }
        drive->is_measured = false;
        return code == CODE_CHANGED ? TR_E_BUSY : TR_E_AGAIN;
    }
    if (key == SENSE_NOT_READY) {
        if (code == CODE_NO_MEDIUM && drive->is_measured) {
            media_change(&drive->media);
        }
        drive->is_measured = false;
        return code == CODE_BECOMING_READY ? TR_E_AGAIN : TR_E_STATE;
    }
    if (key == SENSE_ILLEGAL) {
        return code == CODE_LOCKED ? TR_E_BUSY : TR_E_INVAL;
    }
    return TR_E_FAULT;
}

static void sense_done(struct channel *channel, enum outcome outcome, void *user)
{
    struct drive *drive = user;
    int64_t result = outcome == OUTCOME_DONE ? sense_read(drive) : TR_E_FAULT;
    bool is_early = (drive->sense[2] & 15) == SENSE_NOT_READY;

    (void)channel;
    if (result == TR_E_AGAIN && (uint64_t)tr_clock() >= drive->patience) {
        result = TR_E_TIMEDOUT;
    }
    if (result != TR_E_AGAIN) {
        drive->packet_done(drive, result);
    } else if (is_early) {
        drive_wait(drive, LOOK_NS, packet_send);
    } else {
        packet_send(drive);
    }
}

static void sense_ask(struct drive *drive)
{
    struct command command = {.code = 0xa0,
                              .is_packet = true,
                              .sector = (uint64_t)sizeof drive->sense << 8,
                              .flow = FLOW_IN,
                              .packet = {REQUEST_SENSE, 0, 0, 0, sizeof drive->sense},
                              .bytes = drive->sense,
                              .size = sizeof drive->sense,
                              .timeout_ns = TIMEOUT_NS};

    memset(drive->sense, 0, sizeof drive->sense);
    channel_start(drive->channel, drive->unit, &command, sense_done, drive);
}

static void packet_ended(struct channel *channel, enum outcome outcome, void *user)
{
    struct drive *drive = user;

    (void)channel;
    if (outcome == OUTCOME_DONE) {
        drive->packet_done(drive, 0);
    } else if (outcome == OUTCOME_FAILED) {
        sense_ask(drive);
    } else if (outcome == OUTCOME_LOST && drive_may_retry(drive)) {
        packet_send(drive);
    } else {
        drive->packet_done(drive, TR_E_TIMEDOUT);
    }
}

static void packet_send(struct drive *drive)
{
    /* Blocks of as many whole sectors as fit. */
    uint32_t limit = drive->packet_size < 0xf800 ? drive->packet_size : 0xf800;
    struct command command = {.code = 0xa0,
                              .is_packet = true,
                              .sector = (uint64_t)limit << 8,
                              .flow = drive->packet_flow,
                              .feature = drive->packet_flow == FLOW_DMA_IN,
                              .bytes = drive->bytes,
                              .size = drive->packet_size,
                              .timeout_ns = TIMEOUT_NS};

    memcpy(command.packet, drive->packet, sizeof command.packet);
    channel_start(drive->channel, drive->unit, &command, packet_ended, drive);
}

/* Sends a packet whose first bytes are given; `done` gets 0 or a TR_E_*. */
static void packet_begin(struct drive *drive, const uint8_t *packet, size_t length, enum flow flow,
                         uint32_t size, void (*done)(struct drive *drive, int64_t result))
{
    memset(drive->packet, 0, sizeof drive->packet);
    memcpy(drive->packet, packet, length);
    drive->packet_flow = flow;
    drive->packet_size = size;
    drive->packet_done = done;
    packet_send(drive);
}

static uint32_t big(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* ---- Is there a disc, and how large? ----------------------------------------------------------
 */

static void capacity_done(struct drive *drive, int64_t result)
{
    if (result == TR_E_BUSY && drive->tries++ < 4) {
        packet_send(drive); /* a new disc: measure that one */
        return;
    }
    if (result < 0) {
        drive_done(drive, result);
        return;
    }
    drive->sectors = (uint64_t)big(drive->sense) + 1;
    drive->is_measured = true;
    drive->ready(drive);
}

/* Calls `ready` when the disc is known; ends the request if there is none. */
static void measure(struct drive *drive, struct tru_driver_request *request,
                    void (*ready)(struct drive *drive))
{
    static const uint8_t packet[] = {READ_CAPACITY};

    drive->request = request;
    drive->tries = 0;
    drive->patience = (uint64_t)tr_clock() + PATIENCE_NS;
    drive->ready = ready;
    if (drive->is_measured) {
        ready(drive);
        return;
    }
    drive->bytes = drive->sense;
    packet_begin(drive, packet, sizeof packet, FLOW_IN, 8, capacity_done);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void read_part(struct drive *drive);

static void read_done(struct drive *drive, int64_t result)
{
    struct tru_driver_request *request = drive->request;
    uint8_t *to = (uint8_t *)request->user + request->progress * SECTOR;

    if (result < 0) {
        drive_done(drive, result);
        return;
    }
    if (drive->packet_flow == FLOW_DMA_IN) {
        memcpy(to, drive->channel->buffer, (size_t)drive->part * SECTOR);
    }
    request->progress += drive->part;
    if (request->progress == request->head.arguments[1]) {
        drive_done(drive, (int64_t)request->progress);
    } else {
        drive->tries = 0;
        read_part(drive);
    }
}

static void read_part(struct drive *drive)
{
    const struct tru_driver_request *request = drive->request;
    uint64_t first = request->head.arguments[0] + request->progress;
    uint64_t left = request->head.arguments[1] - request->progress;

    drive->part = (uint32_t)(left < PART_MOST ? left : PART_MOST);
    drive->bytes = (uint8_t *)request->user + request->progress * SECTOR;
    const uint8_t packet[] = {READ,
                              0,
                              (uint8_t)(first >> 24),
                              (uint8_t)(first >> 16),
                              (uint8_t)(first >> 8),
                              (uint8_t)first,
                              0,
                              (uint8_t)(drive->part >> 8),
                              (uint8_t)drive->part};
    packet_begin(drive, packet, sizeof packet, drive->has_dma ? FLOW_DMA_IN : FLOW_IN,
                 drive->part * SECTOR, read_done);
}

static void read_ready(struct drive *drive)
{
    struct tru_driver_request *request = drive->request;
    uint64_t first = request->head.arguments[0], count = request->head.arguments[1];
    int64_t result = 0;

    if (!media_is_known(&drive->media, request)) {
        result = TR_E_BUSY;
    } else if (count == 0 || first >= drive->sectors || count > drive->sectors - first) {
        result = TR_E_INVAL;
    } else if (count > DRIVE_TRANSFER_MOST * 512 / SECTOR) {
        result = TR_E_TOOBIG;
    } else {
        result = tru_driver_output(request, count * SECTOR, &request->user);
    }
    if (result < 0) {
        drive_done(drive, result);
    } else {
        drive->tries = 0;
        read_part(drive);
    }
}

static void on_read(struct tru_driver_request *request)
{
    measure(drive_of(request), request, read_ready);
}

static void on_write(struct tru_driver_request *request)
{
    tru_driver_done(request, TR_E_PERM);
}

static void on_flush(struct tru_driver_request *request)
{
    tru_driver_done(request, 0);
}

/* ---- Media ----------------------------------------------------------------------------------- */

static void size_ready(struct drive *drive)
{
    drive_done(drive, (int64_t)drive->sectors);
}

static void on_size(struct tru_driver_request *request)
{
    measure(drive_of(request), request, size_ready);
}

/* The answer to MEDIA, once the drive has said what is in it. */
static void media_answer(struct drive *drive, bool is_present)
{
    struct tru_driver_request *request = drive->request;
    uint64_t number = drive->media.number;
    uint32_t bits = TR_STORAGE_READ_ONLY | TR_STORAGE_REMOVABLE;

    bits |= is_present ? TR_STORAGE_PRESENT : 0;
    bits |= media_tell(&drive->media, request) ? TR_STORAGE_CHANGED : 0;
    drive->request = NULL;
    tru_driver_done_with(request, bits, &number, sizeof number);
}

static void media_tested(struct drive *drive, int64_t result)
{
    if (result == TR_E_BUSY && drive->tries++ < 4) {
        packet_send(drive); /* the news is taken; what is in it now? */
    } else if (result == 0 || result == TR_E_STATE) {
        media_answer(drive, result == 0);
    } else {
        drive_done(drive, result);
    }
}

static void on_media(struct tru_driver_request *request)
{
    static const uint8_t packet[] = {TEST_READY};
    struct drive *drive = drive_of(request);

    drive->request = request;
    drive->tries = 0;
    drive->patience = (uint64_t)tr_clock() + PATIENCE_NS;
    packet_begin(drive, packet, sizeof packet, FLOW_NONE, 0, media_tested);
}

static void eject_done(struct drive *drive, int64_t result)
{
    if (result == TR_E_BUSY && (drive->sense[2] & 15) == SENSE_ATTENTION && drive->tries++ < 4) {
        packet_send(drive);
        return;
    }
    if (result == 0 && drive->is_measured) {
        media_change(&drive->media);
        drive->is_measured = false;
    }
    drive_done(drive, result);
}

static void on_eject(struct tru_driver_request *request)
{
    struct drive *drive = drive_of(request);
    bool is_load = request->head.arguments[0] == 1;
    const uint8_t packet[] = {START_STOP, 0, 0, 0, is_load ? 3 : 2};

    if (request->head.arguments[0] > 1) {
        tru_driver_done(request, TR_E_INVAL);
        return;
    }
    drive->request = request;
    drive->tries = 0;
    drive->patience = (uint64_t)tr_clock() + PATIENCE_NS;
    packet_begin(drive, packet, sizeof packet, FLOW_NONE, 0, eject_done);
}

/* ---- The device ------------------------------------------------------------------------------ */

static void on_information(struct tru_driver_device *device, void *to)
{
    const struct drive *drive = device->user;
    struct tr_storage_information *information = to;

    information->device.flags =
        TR_STORAGE_READ_ONLY | TR_STORAGE_REMOVABLE | (drive->is_measured ? TR_STORAGE_PRESENT : 0);
    information->sectors = drive->is_measured ? drive->sectors : 0;
    information->sector_size = SECTOR;
    information->sectors_most = DRIVE_TRANSFER_MOST * 512 / SECTOR;
}

static void on_closed(struct tru_driver_device *device, uint64_t pid)
{
    struct drive *drive = device->user;

    media_forget(&drive->media, pid);
}

int64_t cdrom_add(struct drive *drive, uint32_t number)
{
    static const struct tru_driver_row rows[] = {
        {TR_STORAGE_SIZE, TRU_DRIVER_QUEUED, on_size},
        {TR_STORAGE_READ, TRU_DRIVER_QUEUED, on_read},
        {TR_STORAGE_WRITE, 0, on_write},
        {TR_STORAGE_FLUSH, 0, on_flush},
        {TR_STORAGE_MEDIA, TRU_DRIVER_QUEUED, on_media},
        {TR_STORAGE_EJECT, TRU_DRIVER_QUEUED, on_eject},
        {TR_DEVICE_OPERATION_INITIALISE, TRU_DRIVER_QUEUED, drive_initialise}};

    drive->sector_size = SECTOR;
    drive->media.number = 1;
    drive->device.rows = rows;
    drive->device.row_count = sizeof rows / sizeof rows[0];
    drive->device.information = on_information;
    drive->device.closed = on_closed;
    snprintf(drive->name, sizeof drive->name, "disks\\cdrom\\%u", (unsigned)number);
    return tru_driver_add(&drive->device);
}
