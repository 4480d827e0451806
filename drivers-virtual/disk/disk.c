/* SPDX-License-Identifier: MIT */
/* Requests to a disk, as ATA commands of at most 64 KiB. */

#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device/storage.h>

#include "drive.h"

#define SECTOR     512
#define TIMEOUT_NS UINT64_C(3000000000)
#define SHORT_MOST (UINT64_C(1) << 28)

enum { IDENTIFY_MULTIPLE = 59, IDENTIFY_SHORT = 60, IDENTIFY_COMMANDS = 83, IDENTIFY_LONG = 100 };
enum { COMMANDS_LONG = 0x400, COMMANDS_FLUSH_LONG = 0x2000 };
enum { UNCORRECTABLE = 0x40, NOT_FOUND = 0x10 };

/* Codes by: 48-bit address, direction. */
static const uint8_t single_codes[2][2] = {{0x20, 0x30}, {0x24, 0x34}};
static const uint8_t multiple_codes[2][2] = {{0xc4, 0xc5}, {0x29, 0x39}};
static const uint8_t dma_codes[2][2] = {{0xc8, 0xca}, {0x25, 0x35}};

static bool is_write(const struct drive *drive)
{
    return drive->request->head.operation == TR_STORAGE_WRITE;
}

/* The error registers as an answer. */
static int64_t failure(const struct drive *drive)
{
    uint8_t error = drive->channel->error;

    if ((error & UNCORRECTABLE) != 0) {
        return TR_E_FAULT;
    }
    if ((error & NOT_FOUND) != 0) {
        return TR_E_INVAL;
    }
    return is_write(drive) ? TR_E_PERM : TR_E_FAULT;
}

/* ---- Reading and writing --------------------------------------------------------------------- */

static void part_begin(struct drive *drive);

static void part_done(struct channel *channel, enum outcome outcome, void *user)
{
    struct drive *drive = user;
    struct tru_driver_request *request = drive->request;
    uint64_t at = request->progress * SECTOR;

    if (outcome == OUTCOME_LOST && drive_may_retry(drive)) {
        part_begin(drive);
        return;
    }
    if (outcome != OUTCOME_DONE) {
        drive_done(drive, outcome == OUTCOME_FAILED ? failure(drive) : TR_E_TIMEDOUT);
        return;
    }
    if (drive->has_dma && !is_write(drive)) {
        memcpy(drive->bytes + at, channel->buffer, (size_t)drive->part * SECTOR);
    }
    request->progress += drive->part;
    if (request->progress == request->head.arguments[1]) {
        drive_done(drive, (int64_t)request->progress);
    } else {
        drive->tries = 0;
        part_begin(drive);
    }
}

/* The command for the next sectors. */
static struct command part_command(const struct drive *drive, uint64_t first)
{
    struct command command = {.count = (uint16_t)drive->part,
                              .sector = first,
                              .is_lba = true,
                              .is_long = first + drive->part > SHORT_MOST,
                              .size = drive->part * SECTOR,
                              .timeout_ns = TIMEOUT_NS};
    bool is_out = is_write(drive);

    if (drive->has_dma) {
        command.code = dma_codes[command.is_long][is_out];
        command.flow = is_out ? FLOW_DMA_OUT : FLOW_DMA_IN;
    } else {
        bool is_multiple = drive->multiple != 0;
        command.code = (is_multiple ? multiple_codes : single_codes)[command.is_long][is_out];
        command.flow = is_out ? FLOW_OUT : FLOW_IN;
        command.block = is_multiple ? drive->multiple * SECTOR : SECTOR;
    }
    return command;
}

static void part_begin(struct drive *drive)
{
    const struct tru_driver_request *request = drive->request;
    uint64_t left = request->head.arguments[1] - request->progress;
    uint64_t most = CHANNEL_BUFFER / SECTOR;

    drive->part = (uint32_t)(left < most ? left : most);
    struct command command = part_command(drive, request->head.arguments[0] + request->progress);
    command.bytes = drive->bytes + request->progress * SECTOR;
    if (command.flow == FLOW_DMA_OUT) {
        memcpy(drive->channel->buffer, command.bytes, command.size);
    }
    channel_start(drive->channel, drive->unit, &command, part_done, drive);
}

static int64_t transfer_check(const struct drive *drive, const uint64_t *arguments)
{
    if (arguments[1] == 0 || arguments[0] >= drive->sectors ||
        arguments[1] > drive->sectors - arguments[0]) {
        return TR_E_INVAL;
    }
    return arguments[1] > DRIVE_TRANSFER_MOST ? TR_E_TOOBIG : 0;
}

static void on_transfer(struct tru_driver_request *request)
{
    struct drive *drive = drive_of(request);
    int64_t result = transfer_check(drive, request->head.arguments);
    uint64_t size = request->head.arguments[1] * SECTOR;
    void *bytes = NULL;

    drive->request = request;
    drive->tries = 0;
    if (result == 0 && is_write(drive)) {
        const void *from;
        result = tru_driver_input(request, size, &from);
        bytes = (void *)from;
    } else if (result == 0) {
        result = tru_driver_output(request, size, &bytes);
    }
    if (result < 0) {
        tru_driver_done(request, result);
        return;
    }
    drive->bytes = bytes;
    part_begin(drive);
}

/* ---- The rest -------------------------------------------------------------------------------- */

static void flush_done(struct channel *channel, enum outcome outcome, void *user)
{
    struct drive *drive = user;

    (void)channel;
    drive_done(drive, outcome == OUTCOME_DONE     ? 0
                      : outcome == OUTCOME_FAILED ? TR_E_FAULT
                                                  : TR_E_TIMEDOUT);
}

static void on_flush(struct tru_driver_request *request)
{
    struct drive *drive = drive_of(request);
    struct command command = {.code = 0xe7, .timeout_ns = 2 * TIMEOUT_NS};

    if ((drive->identity[IDENTIFY_COMMANDS] & COMMANDS_FLUSH_LONG) != 0) {
        command.code = 0xea;
    }
    drive->request = request;
    channel_start(drive->channel, drive->unit, &command, flush_done, drive);
}

static void on_size(struct tru_driver_request *request)
{
    tru_driver_done(request, (int64_t)drive_of(request)->sectors);
}

static void on_media(struct tru_driver_request *request)
{
    uint64_t number = 1;

    tru_driver_done_with(request, TR_STORAGE_PRESENT, &number, sizeof number);
}

static void on_information(struct tru_driver_device *device, void *to)
{
    const struct drive *drive = device->user;
    struct tr_storage_information *information = to;

    information->device.flags = TR_STORAGE_PRESENT;
    information->sectors = drive->sectors;
    information->sector_size = SECTOR;
    information->sectors_most = DRIVE_TRANSFER_MOST;
    information->cylinders = drive->identity[1];
    information->heads = drive->identity[3];
    information->track_sectors = drive->identity[6];
}

void disk_was_reset(struct drive *drive)
{
    drive->multiple = 0;
}

static uint64_t size_of(const struct drive *drive)
{
    const uint16_t *identity = drive->identity;

    if (drive->is_long) {
        return identity[IDENTIFY_LONG] | (uint64_t)identity[IDENTIFY_LONG + 1] << 16 |
               (uint64_t)identity[IDENTIFY_LONG + 2] << 32 |
               (uint64_t)identity[IDENTIFY_LONG + 3] << 48;
    }
    return identity[IDENTIFY_SHORT] | (uint64_t)identity[IDENTIFY_SHORT + 1] << 16;
}

int64_t disk_add(struct drive *drive, uint32_t number)
{
    static const struct tru_driver_row rows[] = {
        {TR_STORAGE_SIZE, 0, on_size},
        {TR_STORAGE_READ, TRU_DRIVER_QUEUED, on_transfer},
        {TR_STORAGE_WRITE, TRU_DRIVER_QUEUED, on_transfer},
        {TR_STORAGE_FLUSH, TRU_DRIVER_QUEUED, on_flush},
        {TR_STORAGE_MEDIA, 0, on_media},
        {TR_DEVICE_OPERATION_INITIALISE, TRU_DRIVER_QUEUED, drive_initialise}};

    drive->is_long = (drive->identity[IDENTIFY_COMMANDS] & COMMANDS_LONG) != 0;
    drive->sectors = size_of(drive);
    drive->sector_size = SECTOR;
    drive->device.rows = rows;
    drive->device.row_count = sizeof rows / sizeof rows[0];
    drive->device.information = on_information;
    snprintf(drive->name, sizeof drive->name, "disks\\ata\\%u", (unsigned)number);
    return tru_driver_add(&drive->device);
}
