/* SPDX-License-Identifier: MIT */
/* An ATA disk: 7200 revolutions a minute, 1024 sectors a track, seeks of 1 to 9 ms, and read-ahead:
 * a transfer that goes on where the last one ended need not wait for the disk to come round.
 *
 * Bytes are read from the image, or written to it, when their time has come; a sector that was sent
 * before a reset or a power cut is on the disk whole or not at all.
 *
 * SIM: there is no write cache to lose; the cache commands do nothing but are taken. */

#include <string.h>

#include "ata.h"
#include "hal-posix/machine.h"
#include "hal-posix/medium.h"

#define TRACK         1024
#define REVOLUTION_NS UINT64_C(8333333)
#define SECTOR_NS     (REVOLUTION_NS / TRACK)
#define SEEK_NS       UINT64_C(1000000) /* to the next track; */
#define SWEEP_NS      UINT64_C(8000000) /* and over the whole disk on top of that */
#define COMMAND_NS    UINT64_C(20000)
#define FLUSH_NS      UINT64_C(4000000)
#define HEADS         16
#define TRACK_SECTORS 63
#define MULTIPLE_MOST 16
#define CHUNK         (ATA_BUFFER / ATA_DISK_SECTOR)
#define LONG_MOST     (UINT64_C(1) << 48)
#define SHORT_MOST    (UINT64_C(1) << 28)
#define CHS_MOST      UINT64_C(16514064) /* cylinders, heads and sectors reach so many */

enum { DEVICE_LBA = 0x40 };

/* What moves sectors. */
enum flow { FLOW_IN, FLOW_OUT, FLOW_VERIFY };
struct transfer {
    uint8_t command;
    enum flow flow;
    bool is_long, by_dma, is_multiple;
};
static const struct transfer transfers[] = {
    {0x20, FLOW_IN, false, false, false},     {0x21, FLOW_IN, false, false, false},
    {0x24, FLOW_IN, true, false, false},      {0x25, FLOW_IN, true, true, false},
    {0x29, FLOW_IN, true, false, true},       {0x30, FLOW_OUT, false, false, false},
    {0x31, FLOW_OUT, false, false, false},    {0x34, FLOW_OUT, true, false, false},
    {0x35, FLOW_OUT, true, true, false},      {0x39, FLOW_OUT, true, false, true},
    {0x40, FLOW_VERIFY, false, false, false}, {0x41, FLOW_VERIFY, false, false, false},
    {0x42, FLOW_VERIFY, true, false, false},  {0xc4, FLOW_IN, false, false, true},
    {0xc5, FLOW_OUT, false, false, true},     {0xc8, FLOW_IN, false, true, false},
    {0xc9, FLOW_IN, false, true, false},      {0xca, FLOW_OUT, false, true, false},
    {0xcb, FLOW_OUT, false, true, false}};

/* ---- Where the heads are --------------------------------------------------------------------- */

static uint64_t move_ns(struct machine *machine, struct ata_drive *drive, uint64_t sector,
                        uint64_t count)
{
    uint64_t track = sector / TRACK, seek = 0, wait = 0;
    if (sector != drive->follows) {
        uint64_t way = track > drive->track ? track - drive->track : drive->track - track;
        uint64_t tracks = medium_sectors(drive->medium) / TRACK + 1;
        seek = way == 0 ? 0 : SEEK_NS + SWEEP_NS / tracks * way;
        uint64_t angle = (timeline_now(machine) + seek) % REVOLUTION_NS;
        uint64_t wanted = sector % TRACK * SECTOR_NS;
        wait = (wanted + REVOLUTION_NS - angle) % REVOLUTION_NS;
    }
    drive->track = (sector + count - 1) / TRACK;
    drive->follows = sector + count;
    return seek + wait + count * SECTOR_NS;
}

/* ---- Addresses ------------------------------------------------------------------------------- */

static uint64_t address_get(const struct ata_drive *drive, bool is_long)
{
    uint64_t address =
        drive->low.now | (uint64_t)drive->middle.now << 8 | (uint64_t)drive->high.now << 16;
    if (is_long) {
        return address | (uint64_t)drive->low.before << 24 | (uint64_t)drive->middle.before << 32 |
               (uint64_t)drive->high.before << 40;
    }
    if ((drive->device & DEVICE_LBA) != 0) {
        return address | (uint64_t)(drive->device & 15) << 24;
    }
    uint64_t cylinder = address >> 8, head = drive->device & 15, sector = drive->low.now;
    if (sector == 0 || sector > drive->track_sectors || head >= drive->heads) {
        return LONG_MOST;
    }
    return (cylinder * drive->heads + head) * drive->track_sectors + sector - 1;
}

static void address_put(struct ata_drive *drive, uint64_t address)
{
    if (!drive->is_long && (drive->device & DEVICE_LBA) == 0) {
        uint64_t track = address / drive->track_sectors;
        uint64_t head = track % drive->heads;
        drive->low.now = (uint8_t)(address % drive->track_sectors + 1);
        drive->device = (uint8_t)((drive->device & 0xf0) | head);
        address = track / drive->heads << 8 | drive->low.now;
    }
    drive->low = (struct ata_pair){(uint8_t)address, (uint8_t)(address >> 24)};
    drive->middle = (struct ata_pair){(uint8_t)(address >> 8), (uint8_t)(address >> 32)};
    drive->high = (struct ata_pair){(uint8_t)(address >> 16), (uint8_t)(address >> 40)};
    if (!drive->is_long && (drive->device & DEVICE_LBA) != 0) {
        drive->device = (uint8_t)((drive->device & 0xf0) | (address >> 24 & 15));
    }
}

static uint64_t count_get(const struct ata_drive *drive, bool is_long)
{
    uint64_t before = is_long ? (uint64_t)drive->count.before << 8 : 0;
    uint64_t count = drive->count.now | before;
    return count != 0 ? count : is_long ? 65536 : 256;
}

/* ---- Sectors --------------------------------------------------------------------------------- */

/* The registers say which sector it was. */
static void sector_fail(struct machine *machine, struct ata_drive *drive, uint8_t error)
{
    address_put(drive, drive->sector);
    drive->count = (struct ata_pair){(uint8_t)drive->left, (uint8_t)(drive->left >> 8)};
    ata_fail(machine, drive, error);
}

static void sectors_done(struct ata_drive *drive, uint64_t count)
{
    drive->sector += count;
    drive->left -= count;
}

/* How many of the command go at once. */
static uint32_t part_of(const struct ata_drive *drive)
{
    return drive->left < drive->block ? (uint32_t)drive->left : drive->block;
}

static void command_end(struct machine *machine, struct ata_drive *drive)
{
    drive->count = (struct ata_pair){0, 0};
    if (drive->left == 0) {
        address_put(drive, drive->sector - 1);
    }
    ata_done(machine, drive);
}

static void read_next(struct machine *machine, struct ata_drive *drive, uint64_t ns);

static void read_moved(struct machine *machine, struct ata_drive *drive)
{
    if (drive->left > 0) {
        read_next(machine, drive, 0);
    } else {
        drive->status = ATA_READY | ATA_SEEKED;
    }
}

static void read_step(struct machine *machine, struct ata_drive *drive)
{
    uint32_t part = part_of(drive);
    uint64_t good = medium_read(drive->medium, drive->sector, part, drive->buffer);
    if (good < part) {
        sectors_done(drive, good);
        sector_fail(machine, drive, ATA_UNCORRECTABLE);
        return;
    }
    sectors_done(drive, part);
    if (drive->left == 0) {
        drive->count = (struct ata_pair){0, 0};
        address_put(drive, drive->sector - 1);
    }
    ata_block(machine, drive, part * ATA_DISK_SECTOR, true, true, read_moved);
}

static void read_next(struct machine *machine, struct ata_drive *drive, uint64_t ns)
{
    ata_wait(machine, drive, ns + move_ns(machine, drive, drive->sector, part_of(drive)),
             read_step);
}

static void write_step(struct machine *machine, struct ata_drive *drive);

static void write_moved(struct machine *machine, struct ata_drive *drive)
{
    ata_wait(machine, drive, move_ns(machine, drive, drive->sector, part_of(drive)), write_step);
}

static void write_block(struct machine *machine, struct ata_drive *drive, bool asks)
{
    ata_block(machine, drive, part_of(drive) * ATA_DISK_SECTOR, false, asks, write_moved);
}

static void write_step(struct machine *machine, struct ata_drive *drive)
{
    uint32_t part = part_of(drive);
    uint64_t good = medium_write(drive->medium, drive->sector, part, drive->buffer);
    sectors_done(drive, good);
    if (good < part) {
        sector_fail(machine, drive, ATA_UNCORRECTABLE);
    } else if (drive->left > 0) {
        write_block(machine, drive, true);
    } else {
        command_end(machine, drive);
    }
}

static void verify_step(struct machine *machine, struct ata_drive *drive)
{
    uint32_t part = part_of(drive);
    uint64_t good = medium_read(drive->medium, drive->sector, part, drive->buffer);
    sectors_done(drive, good);
    if (good < part) {
        sector_fail(machine, drive, ATA_UNCORRECTABLE);
    } else if (drive->left > 0) {
        ata_wait(machine, drive, move_ns(machine, drive, drive->sector, part_of(drive)),
                 verify_step);
    } else {
        command_end(machine, drive);
    }
}

/* ---- DMA: 64 KiB at a time. A transfer that the bus master gives up hangs until a reset. ------
 */

static void dma_next(struct machine *machine, struct ata_drive *drive, uint64_t ns, ata_step *step)
{
    ata_wait_dma(machine, drive, ns + move_ns(machine, drive, drive->sector, part_of(drive)), step);
}

static void dma_read_step(struct machine *machine, struct ata_drive *drive)
{
    uint32_t part = part_of(drive);
    uint64_t good = medium_read(drive->medium, drive->sector, part, drive->buffer);
    if (!bus_master_move(machine, &drive->channel->bus_master, drive->buffer,
                         (uint32_t)good * ATA_DISK_SECTOR, true)) {
        return;
    }
    sectors_done(drive, good);
    if (good < part) {
        sector_fail(machine, drive, ATA_UNCORRECTABLE);
    } else if (drive->left > 0) {
        dma_next(machine, drive, 0, dma_read_step);
    } else {
        command_end(machine, drive);
    }
}

static void dma_write_step(struct machine *machine, struct ata_drive *drive)
{
    uint32_t part = part_of(drive);
    if (!bus_master_move(machine, &drive->channel->bus_master, drive->buffer,
                         part * ATA_DISK_SECTOR, false)) {
        return;
    }
    uint64_t good = medium_write(drive->medium, drive->sector, part, drive->buffer);
    sectors_done(drive, good);
    if (good < part) {
        sector_fail(machine, drive, ATA_UNCORRECTABLE);
    } else if (drive->left > 0) {
        dma_next(machine, drive, 0, dma_write_step);
    } else {
        command_end(machine, drive);
    }
}

/* ---- Commands -------------------------------------------------------------------------------- */

static void transfer_dma(struct machine *machine, struct ata_drive *drive,
                         const struct transfer *transfer)
{
    drive->block = CHUNK;
    dma_next(machine, drive, COMMAND_NS,
             transfer->flow == FLOW_IN ? dma_read_step : dma_write_step);
}

static void transfer_begin(struct machine *machine, struct ata_drive *drive,
                           const struct transfer *transfer)
{
    uint64_t sectors = medium_sectors(drive->medium);
    drive->is_long = transfer->is_long;
    drive->sector = address_get(drive, transfer->is_long);
    drive->left = count_get(drive, transfer->is_long);
    drive->block = transfer->is_multiple ? drive->multiple : 1;
    if (drive->block == 0) {
        ata_fail(machine, drive, ATA_ABORTED);
    } else if (drive->sector >= sectors || drive->left > sectors - drive->sector) {
        ata_fail(machine, drive, ATA_NOT_FOUND);
    } else if (transfer->flow == FLOW_OUT && medium_is_read_only(drive->medium)) {
        ata_fail(machine, drive, ATA_ABORTED);
    } else if (transfer->by_dma) {
        transfer_dma(machine, drive, transfer);
    } else if (transfer->flow == FLOW_VERIFY) {
        drive->block = CHUNK;
        ata_wait(machine, drive,
                 COMMAND_NS + move_ns(machine, drive, drive->sector, part_of(drive)), verify_step);
    } else if (transfer->flow == FLOW_IN) {
        read_next(machine, drive, COMMAND_NS);
    } else {
        write_block(machine, drive, false);
    }
}

static void flush_step(struct machine *machine, struct ata_drive *drive)
{
    if (medium_flush(drive->medium)) {
        ata_done(machine, drive);
    } else {
        ata_fail(machine, drive, ATA_ABORTED);
    }
}

static void identify_moved(struct machine *machine, struct ata_drive *drive)
{
    (void)machine;
    drive->status = ATA_READY | ATA_SEEKED;
}

static void identify_long(uint8_t *block, uint32_t word, uint64_t value)
{
    for (uint32_t i = 0; i < 4; i++) {
        ata_word(block, word + i, (uint32_t)(value >> (16 * i)) & 0xffff);
    }
}

static void identify_geometry(const struct ata_drive *drive, uint8_t *block)
{
    uint64_t sectors = medium_sectors(drive->medium);
    uint64_t cylinders = sectors / (HEADS * TRACK_SECTORS);
    uint64_t old = sectors < CHS_MOST ? sectors : CHS_MOST;
    uint64_t present = old / (drive->heads * drive->track_sectors);
    uint64_t low = sectors < SHORT_MOST ? sectors : SHORT_MOST - 1;
    present = present > 65535 ? 65535 : present;
    ata_word(block, 1, (uint32_t)(cylinders > 16383 ? 16383 : cylinders));
    ata_word(block, 3, HEADS);
    ata_word(block, 6, TRACK_SECTORS);
    ata_word(block, 54, (uint32_t)present);
    ata_word(block, 55, drive->heads);
    ata_word(block, 56, drive->track_sectors);
    uint64_t reached = present * drive->heads * drive->track_sectors;
    ata_word(block, 57, (uint32_t)reached & 0xffff);
    ata_word(block, 58, (uint32_t)(reached >> 16));
    ata_word(block, 60, (uint32_t)low & 0xffff);
    ata_word(block, 61, (uint32_t)(low >> 16));
    identify_long(block, 100, sectors);
}

static void identify_step(struct machine *machine, struct ata_drive *drive)
{
    uint8_t *block = drive->buffer;
    char serial[] = "TR00";
    serial[3] = (char)('0' + drive->number);
    memset(block, 0, ATA_DISK_SECTOR);
    ata_word(block, 0, 0x40);
    identify_geometry(drive, block);
    ata_text(block, 10, 10, serial);
    ata_text(block, 23, 4, "1.0");
    ata_text(block, 27, 20, "TERRARIUM DISK");
    ata_word(block, 47, 0x8000 | MULTIPLE_MOST);
    ata_word(block, 49, 0x300); /* LBA, DMA */
    ata_word(block, 50, 0x4000);
    ata_word(block, 59, drive->multiple != 0 ? 0x100 | drive->multiple : 0);
    ata_identify_modes(drive, block);
    ata_word(block, 82, 0x60);   /* look-ahead, write cache */
    ata_word(block, 83, 0x7400); /* FLUSH CACHE and its EXT form, 48-bit addresses */
    ata_word(block, 84, 0x4000);
    ata_word(block, 85, 0x60);
    ata_word(block, 86, 0x3400);
    ata_word(block, 87, 0x4000);
    ata_word(block, 93, drive->unit == 0 ? 0x600b : 0x6b00);
    ata_block(machine, drive, ATA_DISK_SECTOR, true, true, identify_moved);
}

static void set_multiple(struct machine *machine, struct ata_drive *drive)
{
    uint32_t count = drive->count.now;
    if (count > MULTIPLE_MOST || (count & (count - 1)) != 0) {
        ata_fail(machine, drive, ATA_ABORTED);
        return;
    }
    drive->multiple = count;
    ata_done(machine, drive);
}

static void set_geometry(struct machine *machine, struct ata_drive *drive)
{
    if (drive->count.now == 0) {
        ata_fail(machine, drive, ATA_ABORTED);
        return;
    }
    drive->heads = (drive->device & 15U) + 1;
    drive->track_sectors = drive->count.now;
    ata_done(machine, drive);
}

static void native_most(struct machine *machine, struct ata_drive *drive, bool is_long)
{
    uint64_t last = medium_sectors(drive->medium) - 1;
    drive->is_long = is_long;
    drive->device |= DEVICE_LBA;
    address_put(drive, is_long || last < SHORT_MOST ? last : SHORT_MOST - 1);
    ata_done(machine, drive);
}

static void seek(struct machine *machine, struct ata_drive *drive, uint64_t sector)
{
    if (sector >= medium_sectors(drive->medium)) {
        ata_fail(machine, drive, ATA_NOT_FOUND);
        return;
    }
    uint64_t ns = move_ns(machine, drive, sector, 1);
    drive->follows = UINT64_MAX;
    ata_wait(machine, drive, ns, ata_done);
}

static const struct transfer *transfer_of(uint8_t command)
{
    for (size_t i = 0; i < sizeof transfers / sizeof transfers[0]; i++) {
        if (transfers[i].command == command) {
            return &transfers[i];
        }
    }
    return NULL;
}

static void other_command(struct machine *machine, struct ata_drive *drive, uint8_t command)
{
    switch (command) {
    case 0x10: /* RECALIBRATE */
        seek(machine, drive, 0);
        break;
    case 0x70:
        seek(machine, drive, address_get(drive, false));
        break;
    case 0x91:
        set_geometry(machine, drive);
        break;
    case 0xc6:
        set_multiple(machine, drive);
        break;
    case 0x27:
    case 0xf8:
        native_most(machine, drive, command == 0x27);
        break;
    case 0xe5: /* CHECK POWER MODE */
        drive->count.now = 0xff;
        ata_done(machine, drive);
        break;
    case 0xe0: /* to standby and idle, and back: it is always ready */
    case 0xe1:
    case 0xe2:
    case 0xe3:
        ata_done(machine, drive);
        break;
    default:
        ata_fail(machine, drive, ATA_ABORTED);
        break;
    }
}

static void disk_command(struct machine *machine, struct ata_drive *drive, uint8_t command)
{
    const struct transfer *transfer = transfer_of(command);
    if (transfer != NULL) {
        transfer_begin(machine, drive, transfer);
    } else if (command == 0xec) {
        ata_wait(machine, drive, COMMAND_NS, identify_step);
    } else if (command == 0xe7 || command == 0xea) {
        ata_wait(machine, drive, FLUSH_NS, flush_step);
    } else if (command == 0xef) {
        ata_set_features(machine, drive);
    } else {
        other_command(machine, drive, command);
    }
}

static void disk_reset(struct ata_drive *drive)
{
    drive->middle = drive->high = (struct ata_pair){0, 0};
    drive->multiple = 0;
    drive->follows = UINT64_MAX;
}

const struct ata_kind ata_disk = {disk_command, disk_reset};

static bool disk_bad(struct machine *machine, struct hardware_slot *slot, uint64_t first,
                     uint64_t count, bool is_bad)
{
    struct ata_drive *drive = (struct ata_drive *)((char *)slot - offsetof(struct ata_drive, slot));
    if (!medium_bad(drive->medium, first, count, is_bad)) {
        host_warn(machine, "drive %u: it has no such sectors", drive->number);
        return false;
    }
    return true;
}

void ata_disk_plug(struct ata_drive *drive)
{
    drive->slot.bad = disk_bad;
    drive->heads = HEADS;
    drive->track_sectors = TRACK_SECTORS;
    drive->mode = 0x45; /* Ultra DMA 5 */
}
