/* SPDX-License-Identifier: MIT */
/* An ATAPI CD-ROM drive (ANSI INCITS 361 PACKET feature set; the commands of SFF-8020i and MMC-3
 * that data discs need), at 48 times the speed of music. A tray that can be moved out and in by
 * command; what lies in it is changed from outside.
 *
 * SIM: one data track, no music, no mode pages, no events to poll; a person who changes the disc is
 * not stopped by a lock, as with the pin hole of a real drive. */

#include <stddef.h>
#include <string.h>

#include "ata.h"
#include "hal-posix/board.h"
#include "hal-posix/machine.h"
#include "hal-posix/medium.h"

#define COMMAND_NS UINT64_C(50000)
#define SECTOR_NS  UINT64_C(284000)
#define SEEK_NS    UINT64_C(60000000)
#define SWEEP_NS   UINT64_C(100000000)
#define SPIN_UP_NS UINT64_C(1200000000)
#define TRAY_NS    UINT64_C(800000000)
#define CHUNK      (ATA_BUFFER / CDROM_SECTOR)

enum { REASON_COMMAND = 1, REASON_IN = 2, REASON_STATUS = 3 };
enum { NOT_READY = 2, MEDIUM_ERROR = 3, ILLEGAL = 5, ATTENTION = 6 };
enum { BECOMING_READY = 0x04, UNREAD = 0x11, NO_COMMAND = 0x20, OUT_OF_RANGE = 0x21 };
enum { BAD_FIELD = 0x24, MEDIUM_CHANGED = 0x28, WAS_RESET = 0x29, NO_MEDIUM = 0x3a, LOCKED = 0x53 };

static uint32_t big(const uint8_t *bytes, uint32_t size)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < size; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static void put_big(uint8_t *bytes, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

/* ---- The end of a command -------------------------------------------------------------------- */

static void packet_done(struct machine *machine, struct ata_drive *drive)
{
    drive->packet.key = drive->packet.code = drive->packet.qualifier = 0;
    drive->count.now = REASON_STATUS;
    ata_done(machine, drive);
}

static void packet_fail(struct machine *machine, struct ata_drive *drive, uint8_t key, uint8_t code,
                        uint8_t qualifier)
{
    struct ata_packet *packet = &drive->packet;
    packet->key = key;
    packet->code = code;
    packet->qualifier = qualifier;
    drive->count.now = REASON_STATUS;
    ata_fail(machine, drive, (uint8_t)(key << 4 | ATA_ABORTED));
}

/* False: the command has failed as there is no disc that can be read. */
static bool medium_check(struct machine *machine, struct ata_drive *drive)
{
    const struct ata_packet *packet = &drive->packet;
    if (packet->is_out || drive->medium == NULL) {
        packet_fail(machine, drive, NOT_READY, NO_MEDIUM, packet->is_out ? 2 : 1);
        return false;
    }
    if (timeline_now(machine) < packet->ready_at) {
        packet_fail(machine, drive, NOT_READY, BECOMING_READY, 1);
        return false;
    }
    return true;
}

/* ---- Bytes for the host ---------------------------------------------------------------------- */

static void read_next(struct machine *machine, struct ata_drive *drive);

/* What is in the buffer is with the host. */
static void buffer_moved(struct machine *machine, struct ata_drive *drive)
{
    if (drive->left > 0) {
        read_next(machine, drive);
    } else {
        ata_wait(machine, drive, COMMAND_NS, packet_done);
    }
}

static void piece_moved(struct machine *machine, struct ata_drive *drive);

static void piece_give(struct machine *machine, struct ata_drive *drive)
{
    struct ata_packet *packet = &drive->packet;
    uint32_t size = packet->total < packet->limit ? packet->total : packet->limit;
    drive->count.now = REASON_IN;
    drive->middle.now = (uint8_t)size;
    drive->high.now = (uint8_t)(size >> 8);
    ata_block(machine, drive, size, true, true, piece_moved);
}

static void piece_moved(struct machine *machine, struct ata_drive *drive)
{
    struct ata_packet *packet = &drive->packet;
    packet->total -= drive->size;
    if (packet->total == 0) {
        buffer_moved(machine, drive);
        return;
    }
    memmove(drive->buffer, drive->buffer + drive->size, packet->total);
    piece_give(machine, drive);
}

static void buffer_by_dma(struct machine *machine, struct ata_drive *drive)
{
    if (bus_master_move(machine, &drive->channel->bus_master, drive->buffer, drive->packet.total,
                        true)) {
        buffer_moved(machine, drive);
    }
}

/* Sends the first bytes of the buffer. */
static void buffer_give(struct machine *machine, struct ata_drive *drive, uint32_t size)
{
    drive->packet.total = size;
    if (size == 0) {
        buffer_moved(machine, drive);
    } else if (drive->packet.by_dma) {
        ata_wait_dma(machine, drive, COMMAND_NS, buffer_by_dma);
    } else {
        piece_give(machine, drive);
    }
}

/* A short answer, as much of it as the host has room for. */
static void answer(struct machine *machine, struct ata_drive *drive, uint32_t size, uint32_t room)
{
    drive->left = 0;
    buffer_give(machine, drive, size < room ? size : room);
}

/* ---- READ ------------------------------------------------------------------------------------ */

static uint32_t part_of(const struct ata_drive *drive)
{
    return drive->left < CHUNK ? (uint32_t)drive->left : CHUNK;
}

static void read_step(struct machine *machine, struct ata_drive *drive)
{
    uint32_t part = part_of(drive);
    if (drive->changes != drive->changes_then || drive->medium == NULL) {
        drive->packet.attention = 0;
        packet_fail(machine, drive, ATTENTION, MEDIUM_CHANGED, 0);
        return;
    }
    if (medium_read(drive->medium, drive->sector, part, drive->buffer) < part) {
        packet_fail(machine, drive, MEDIUM_ERROR, UNREAD, 0);
        return;
    }
    drive->sector += part;
    drive->left -= part;
    buffer_give(machine, drive, part * CDROM_SECTOR);
}

static void read_next(struct machine *machine, struct ata_drive *drive)
{
    uint64_t ns = part_of(drive) * SECTOR_NS;
    if (drive->sector != drive->follows) {
        uint64_t from = drive->follows == UINT64_MAX ? 0 : drive->follows;
        uint64_t way = drive->sector > from ? drive->sector - from : from - drive->sector;
        uint64_t sectors = drive->medium == NULL ? 1 : medium_sectors(drive->medium);
        ns += SEEK_NS + SWEEP_NS / sectors * way;
    }
    drive->follows = drive->sector + part_of(drive);
    ata_wait(machine, drive, ns, read_step);
}

static void read_begin(struct machine *machine, struct ata_drive *drive)
{
    const uint8_t *bytes = drive->packet.bytes;
    if (!medium_check(machine, drive)) {
        return;
    }
    uint64_t sectors = medium_sectors(drive->medium);
    drive->sector = big(bytes + 2, 4);
    drive->left = bytes[0] == 0x28 ? big(bytes + 7, 2) : big(bytes + 6, 4);
    if (drive->sector > sectors || drive->left > sectors - drive->sector) {
        packet_fail(machine, drive, ILLEGAL, OUT_OF_RANGE, 0);
    } else if (drive->left == 0) {
        packet_done(machine, drive);
    } else {
        read_next(machine, drive);
    }
}

/* ---- Other commands -------------------------------------------------------------------------- */

static void test_ready(struct machine *machine, struct ata_drive *drive)
{
    if (medium_check(machine, drive)) {
        packet_done(machine, drive);
    }
}

static void request_sense(struct machine *machine, struct ata_drive *drive)
{
    struct ata_packet *packet = &drive->packet;
    uint8_t *buffer = drive->buffer;
    memset(buffer, 0, 18);
    if (packet->key == 0 && packet->attention != 0) {
        packet->key = ATTENTION;
        packet->code = packet->attention;
        packet->attention = 0;
    }
    buffer[0] = 0x70;
    buffer[2] = packet->key;
    buffer[7] = 10;
    buffer[12] = packet->code;
    buffer[13] = packet->qualifier;
    answer(machine, drive, 18, packet->bytes[4]);
}

static void inquiry(struct machine *machine, struct ata_drive *drive)
{
    /* Vendor, product and revision, filled with spaces and without an end. */
    static const char names[28] = "TERRARIU"
                                  "CD-ROM          "
                                  "1.0 ";
    uint8_t *buffer = drive->buffer;
    memset(buffer, 0, 36);
    buffer[0] = 5;    /* CD-ROM */
    buffer[1] = 0x80; /* removable */
    buffer[3] = 0x21; /* ATAPI, response format 1 */
    buffer[4] = 31;
    memcpy(buffer + 8, names, sizeof names);
    answer(machine, drive, 36, drive->packet.bytes[4]);
}

static void read_capacity(struct machine *machine, struct ata_drive *drive)
{
    if (medium_check(machine, drive)) {
        put_big(drive->buffer, (uint32_t)medium_sectors(drive->medium) - 1);
        put_big(drive->buffer + 4, CDROM_SECTOR);
        answer(machine, drive, 8, 8);
    }
}

static void toc_address(uint8_t *bytes, bool is_time, uint32_t sector)
{
    uint32_t frame = sector + 150;
    put_big(bytes, is_time ? frame / 4500 << 16 | frame / 75 % 60 << 8 | frame % 75 : sector);
}

/* One data track and the lead-out. */
static void read_toc(struct machine *machine, struct ata_drive *drive)
{
    const uint8_t *bytes = drive->packet.bytes;
    uint8_t *buffer = drive->buffer;
    bool is_time = (bytes[1] & 2) != 0;
    if (!medium_check(machine, drive)) {
        return;
    }
    if ((bytes[2] & 15) != 0 || bytes[9] >> 6 != 0 || (bytes[6] > 1 && bytes[6] != 0xaa)) {
        packet_fail(machine, drive, ILLEGAL, BAD_FIELD, 0);
        return;
    }
    bool has_track = bytes[6] <= 1;
    uint8_t *at = buffer + 4;
    memset(buffer, 0, 20);
    if (has_track) {
        at[1] = 0x14;
        at[2] = 1;
        toc_address(at + 4, is_time, 0);
        at += 8;
    }
    at[1] = 0x14;
    at[2] = 0xaa;
    toc_address(at + 4, is_time, (uint32_t)medium_sectors(drive->medium));
    at += 8;
    uint32_t size = (uint32_t)(at - buffer);
    buffer[1] = (uint8_t)(size - 2);
    buffer[2] = buffer[3] = 1;
    answer(machine, drive, size, big(bytes + 7, 2));
}

static void tray_moved(struct machine *machine, struct ata_drive *drive)
{
    struct ata_packet *packet = &drive->packet;
    bool is_out = (packet->bytes[4] & 1) == 0;
    if (packet->is_out && !is_out && drive->medium != NULL) {
        packet->attention = MEDIUM_CHANGED;
        packet->ready_at = timeline_now(machine) + SPIN_UP_NS;
    }
    if (packet->is_out != is_out) {
        drive->changes++;
    }
    packet->is_out = is_out;
    packet_done(machine, drive);
}

static void start_stop(struct machine *machine, struct ata_drive *drive)
{
    const struct ata_packet *packet = &drive->packet;
    bool is_start = (packet->bytes[4] & 1) != 0, moves_tray = (packet->bytes[4] & 2) != 0;
    if (!moves_tray) {
        packet_done(machine, drive);
    } else if (!is_start && packet->is_locked) {
        packet_fail(machine, drive, ILLEGAL, LOCKED, 2);
    } else {
        ata_wait(machine, drive, is_start == packet->is_out ? TRAY_NS : 0, tray_moved);
    }
}

static void lock(struct machine *machine, struct ata_drive *drive)
{
    drive->packet.is_locked = (drive->packet.bytes[4] & 1) != 0;
    packet_done(machine, drive);
}

static void seek(struct machine *machine, struct ata_drive *drive)
{
    if (medium_check(machine, drive)) {
        drive->follows = big(drive->packet.bytes + 2, 4);
        ata_wait(machine, drive, SEEK_NS, packet_done);
    }
}

static const struct {
    uint8_t code;
    ata_step *begin;
} commands[] = {{0x00, test_ready}, {0x03, request_sense}, {0x12, inquiry},    {0x1b, start_stop},
                {0x1e, lock},       {0x25, read_capacity}, {0x28, read_begin}, {0x2b, seek},
                {0x43, read_toc},   {0xa8, read_begin}};

static void packet_execute(struct machine *machine, struct ata_drive *drive)
{
    struct ata_packet *packet = &drive->packet;
    uint8_t code = packet->bytes[0];
    if (packet->attention != 0 && code != 0x03 && code != 0x12) {
        uint8_t attention = packet->attention;
        packet->attention = 0;
        packet_fail(machine, drive, ATTENTION, attention, 0);
        return;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (commands[i].code == code) {
            commands[i].begin(machine, drive);
            return;
        }
    }
    packet_fail(machine, drive, ILLEGAL, NO_COMMAND, 0);
}

static void packet_moved(struct machine *machine, struct ata_drive *drive)
{
    memcpy(drive->packet.bytes, drive->buffer, sizeof drive->packet.bytes);
    ata_wait(machine, drive, COMMAND_NS, packet_execute);
}

/* ---- The commands of ATA --------------------------------------------------------------------- */

static void packet_begin(struct machine *machine, struct ata_drive *drive)
{
    struct ata_packet *packet = &drive->packet;
    packet->by_dma = (drive->feature.now & 1) != 0;
    packet->limit = (drive->middle.now | (uint32_t)drive->high.now << 8) & ~1U;
    packet->limit = packet->limit == 0 ? 0xfffe : packet->limit;
    drive->count.now = REASON_COMMAND;
    ata_block(machine, drive, sizeof packet->bytes, false, false, packet_moved);
}

static void identify_moved(struct machine *machine, struct ata_drive *drive)
{
    (void)machine;
    drive->status = ATA_READY | ATA_SEEKED;
}

static void identify_step(struct machine *machine, struct ata_drive *drive)
{
    uint8_t *block = drive->buffer;
    char serial[] = "TR00";
    serial[3] = (char)('0' + drive->number);
    memset(block, 0, 512);
    ata_word(block, 0, 0x85c0); /* CD-ROM, removable, asks for the packet within 50 us */
    ata_text(block, 10, 10, serial);
    ata_text(block, 23, 4, "1.0");
    ata_text(block, 27, 20, "TERRARIUM CD-ROM");
    ata_word(block, 49, 0x300);
    ata_word(block, 50, 0x4000);
    ata_identify_modes(drive, block);
    ata_word(block, 82, 0x210); /* PACKET, DEVICE RESET */
    ata_word(block, 83, 0x4000);
    ata_word(block, 84, 0x4000);
    ata_word(block, 85, 0x210);
    ata_word(block, 87, 0x4000);
    ata_block(machine, drive, 512, true, true, identify_moved);
}

static void cdrom_reset(struct ata_drive *drive)
{
    /* How a drive with packets is told from a disk. */
    drive->middle = (struct ata_pair){0x14, 0};
    drive->high = (struct ata_pair){0xeb, 0};
    drive->follows = UINT64_MAX;
    drive->packet.attention = WAS_RESET;
    drive->packet.is_locked = false;
}

static void cdrom_command(struct machine *machine, struct ata_drive *drive, uint8_t command)
{
    switch (command) {
    case 0xa0:
        packet_begin(machine, drive);
        break;
    case 0xa1:
        ata_wait(machine, drive, COMMAND_NS, identify_step);
        break;
    case 0xef:
        ata_set_features(machine, drive);
        break;
    case 0xec: /* a disk's commands: refused, with the signature */
    case 0x20:
        drive->middle.now = 0x14;
        drive->high.now = 0xeb;
        ata_fail(machine, drive, ATA_ABORTED);
        break;
    default:
        ata_fail(machine, drive, ATA_ABORTED);
        break;
    }
}

const struct ata_kind atapi_cdrom = {cdrom_command, cdrom_reset};

/* ---- From outside ---------------------------------------------------------------------------- */

static struct ata_drive *drive_of(struct hardware_slot *slot)
{
    return (struct ata_drive *)((char *)slot - offsetof(struct ata_drive, slot));
}

static bool cdrom_change(struct machine *machine, struct hardware_slot *slot,
                         const struct posix_medium *image)
{
    struct ata_drive *drive = drive_of(slot);
    struct medium *medium = NULL;
    char text[MEDIUM_TEXT] = "";
    if (image->path != NULL) {
        medium = medium_open("cdrom", image, CDROM_SECTOR, text);
    }
    if (text[0] != '\0') {
        host_warn(machine, "%s", text);
    }
    if (image->path != NULL && medium == NULL) {
        return false;
    }
    medium_attach(medium, machine);
    medium_close(drive->medium);
    drive->medium = machine->board->drives[drive->number].medium = medium;
    drive->changes++;
    drive->follows = UINT64_MAX;
    drive->packet.is_out = false;
    drive->packet.attention = medium != NULL ? MEDIUM_CHANGED : drive->packet.attention;
    drive->packet.ready_at = timeline_now(machine) + SPIN_UP_NS;
    return true;
}

static bool cdrom_bad(struct machine *machine, struct hardware_slot *slot, uint64_t first,
                      uint64_t count, bool is_bad)
{
    struct ata_drive *drive = drive_of(slot);
    if (drive->medium == NULL || !medium_bad(drive->medium, first, count, is_bad)) {
        host_warn(machine, "drive %u: it has no such sectors", drive->number);
        return false;
    }
    return true;
}

void atapi_plug(struct ata_drive *drive)
{
    drive->slot.change = cdrom_change;
    drive->slot.bad = cdrom_bad;
    drive->mode = 0x42;
}
