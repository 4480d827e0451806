/* SPDX-License-Identifier: MIT */
/* An ATA channel: registers, selection of one of two drives, the data port, resets, the interrupt.
 *
 * Register writes reach both drives, as on the cable; reads and the interrupt come from the
 * selected one. A drive that is alone as drive 0 answers for a missing drive 1: its status is 0.
 * Without any drive the cable's pull-down makes the status 7Fh.
 *
 * SIM: transfer modes change nothing; the overlapped and queued features, power management, media
 * locks of disks and security are left out (such commands are aborted). */

#include "ata.h"

#include <stdlib.h>
#include <string.h>

#include "hal-posix/board.h"
#include "hal-posix/machine.h"
#include "hal-posix/medium.h"
#include "pic.h"

#define RESET_NS UINT64_C(2000000) /* after a software reset */

enum { FEATURES, COUNT, LOW, MIDDLE, HIGH, DEVICE, COMMAND }; /* from port 1F1h on */
enum { STATUS = COMMAND, ERROR = FEATURES };
enum { NO_INTERRUPT = 2, RESET = 4, HIGH_ORDER = 0x80 };
enum { DIAGNOSTIC = 0x90, DEVICE_RESET = 0x08 };
enum { SET_MODE = 3, WRITE_CACHE = 2, NO_WRITE_CACHE = 0x82, LOOK_AHEAD = 0xaa, KEEP = 0x66 };
enum { NO_LOOK_AHEAD = 0x55, DEFAULTS = 0xcc };

static struct ata_drive *selected_of(const struct ata_channel *channel)
{
    return channel->drives[channel->selected];
}

static bool is_empty(const struct ata_channel *channel)
{
    return channel->drives[0] == NULL && channel->drives[1] == NULL;
}

/* ---- The interrupt --------------------------------------------------------------------------- */

static void line_update(struct machine *machine, struct ata_channel *channel)
{
    const struct ata_drive *drive = selected_of(channel);
    bool level = drive != NULL && drive->asks && (channel->device_control & NO_INTERRUPT) == 0;
    if (level != channel->line_level) {
        channel->line_level = level;
        if (level) {
            bus_master_interrupt(&channel->bus_master);
        }
        line_set(machine, channel->line, level);
    }
}

static void ask(struct machine *machine, struct ata_drive *drive, bool asks)
{
    drive->asks = asks;
    line_update(machine, drive->channel);
}

/* ---- Steps of a command ---------------------------------------------------------------------- */

void ata_done(struct machine *machine, struct ata_drive *drive)
{
    drive->status = ATA_READY | ATA_SEEKED;
    drive->moved = NULL;
    ask(machine, drive, true);
}

void ata_fail(struct machine *machine, struct ata_drive *drive, uint8_t error)
{
    drive->status = ATA_READY | ATA_SEEKED | ATA_FAILED;
    drive->error = error;
    drive->moved = NULL;
    ask(machine, drive, true);
}

static void drive_fire(struct machine *machine, struct timed *timed)
{
    struct ata_drive *drive = (struct ata_drive *)timed;
    drive->wants_dma = false;
    drive->step(machine, drive);
}

void ata_wait(struct machine *machine, struct ata_drive *drive, uint64_t ns, ata_step *step)
{
    drive->status = (uint8_t)((drive->status & ~(ATA_REQUEST | ATA_FAILED)) | ATA_BUSY);
    drive->step = step;
    timeline_set(machine, &drive->timed, timeline_now(machine) + ns);
}

void ata_wait_dma(struct machine *machine, struct ata_drive *drive, uint64_t ns, ata_step *step)
{
    drive->status = ATA_BUSY | ATA_SEEKED;
    drive->step = step;
    drive->wants_dma = true;
    drive->dma_ns = ns;
    if (bus_master_is_started(&drive->channel->bus_master)) {
        timeline_set(machine, &drive->timed, timeline_now(machine) + ns);
    }
}

/* The bus master was started or stopped by the host: the drive that waits for it goes on, or does
 * not. */
static void bus_master_changed(struct machine *machine, void *user, bool is_started)
{
    struct ata_channel *channel = user;
    for (uint32_t unit = 0; unit < 2; unit++) {
        struct ata_drive *drive = channel->drives[unit];
        if (drive != NULL && drive->wants_dma && is_started) {
            timeline_set(machine, &drive->timed, timeline_now(machine) + drive->dma_ns);
        } else if (drive != NULL && drive->wants_dma) {
            timeline_cancel(machine, &drive->timed);
        }
    }
}

void ata_block(struct machine *machine, struct ata_drive *drive, uint32_t size, bool is_input,
               bool asks, ata_step *moved)
{
    drive->at = 0;
    drive->size = size;
    drive->is_input = is_input;
    drive->moved = moved;
    drive->status = ATA_READY | ATA_SEEKED | ATA_REQUEST;
    if (asks) {
        ask(machine, drive, true);
    }
}

/* ---- The data port --------------------------------------------------------------------------- */

static bool has_block(const struct ata_drive *drive, bool is_input)
{
    return drive != NULL && (drive->status & ATA_REQUEST) != 0 && drive->is_input == is_input &&
           drive->moved != NULL;
}

static void block_advance(struct machine *machine, struct ata_drive *drive)
{
    if (drive->at >= drive->size) {
        ata_step *moved = drive->moved;
        drive->moved = NULL;
        drive->status &= (uint8_t)~ATA_REQUEST;
        moved(machine, drive);
    }
}

static uint32_t data_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)offset;
    struct ata_drive *drive = selected_of(device);
    uint32_t value = 0;
    if (!has_block(drive, true)) {
        return UINT32_MAX;
    }
    memcpy(&value, drive->buffer + drive->at, width);
    drive->at += width;
    block_advance(machine, drive);
    return value;
}

static void data_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    (void)offset;
    struct ata_drive *drive = selected_of(device);
    if (has_block(drive, false)) {
        memcpy(drive->buffer + drive->at, &value, width);
        drive->at += width;
        block_advance(machine, drive);
    }
}

/* ---- Resets ---------------------------------------------------------------------------------- */

/* What was under way is over, the registers say which kind of drive this is. */
static void drive_reset(struct machine *machine, struct ata_drive *drive)
{
    timeline_cancel(machine, &drive->timed);
    drive->wants_dma = false;
    drive->moved = NULL;
    drive->error = 1; /* diagnostic code: passed */
    drive->count = (struct ata_pair){1, 0};
    drive->low = (struct ata_pair){1, 0};
    drive->device = 0;
    drive->kind->reset(drive);
    ask(machine, drive, false);
}

static void reset_done(struct machine *machine, struct ata_drive *drive)
{
    (void)machine;
    drive->status = drive->kind == &ata_disk ? ATA_READY | ATA_SEEKED : 0;
}

static void diagnostic_done(struct machine *machine, struct ata_drive *drive)
{
    reset_done(machine, drive);
    if (drive->unit == 0 || drive->channel->drives[0] == NULL) {
        ask(machine, drive, true);
    }
}

static void channel_reset(struct machine *machine, struct ata_channel *channel, bool is_held,
                          ata_step *done)
{
    for (uint32_t unit = 0; unit < 2; unit++) {
        struct ata_drive *drive = channel->drives[unit];
        if (drive == NULL) {
            continue;
        }
        drive_reset(machine, drive);
        drive->status = ATA_BUSY;
        if (!is_held) {
            ata_wait(machine, drive, RESET_NS, done);
        }
    }
    channel->selected = 0;
    line_update(machine, channel);
}

static void control_write(struct machine *machine, struct ata_channel *channel, uint32_t value)
{
    bool was_held = (channel->device_control & RESET) != 0, is_held = (value & RESET) != 0;
    channel->device_control = (uint8_t)value;
    if (was_held != is_held) {
        channel_reset(machine, channel, is_held, reset_done);
    }
    line_update(machine, channel);
}

/* ---- Registers ------------------------------------------------------------------------------- */

static void command_write(struct machine *machine, struct ata_channel *channel, uint32_t value)
{
    struct ata_drive *drive = selected_of(channel);
    if (value == DIAGNOSTIC) {
        channel_reset(machine, channel, false, diagnostic_done);
        return;
    }
    if (drive == NULL) {
        return;
    }
    if (value == DEVICE_RESET && drive->kind == &atapi_cdrom) {
        drive_reset(machine, drive);
        ata_wait(machine, drive, RESET_NS, reset_done);
        return;
    }
    if ((drive->status & ATA_BUSY) != 0) {
        return;
    }
    ask(machine, drive, false);
    drive->command = (uint8_t)value;
    drive->error = 0;
    drive->moved = NULL;
    drive->wants_dma = false;
    drive->changes_then = drive->changes;
    drive->kind->command(machine, drive, drive->command);
}

static void pair_write(struct ata_pair *pair, uint32_t value)
{
    *pair = (struct ata_pair){(uint8_t)value, pair->now};
}

static void drive_write(struct ata_drive *drive, uint32_t offset, uint32_t value)
{
    struct ata_pair *const pairs[] = {&drive->feature, &drive->count, &drive->low, &drive->middle,
                                      &drive->high};
    if ((drive->status & ATA_BUSY) != 0) {
        return;
    }
    if (offset == DEVICE) {
        drive->device = (uint8_t)value;
    } else {
        pair_write(pairs[offset], value);
    }
}

static void registers_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                          uint32_t value)
{
    (void)width;
    struct ata_channel *channel = device;
    channel->device_control &= (uint8_t)~HIGH_ORDER;
    if (offset == COMMAND) {
        command_write(machine, channel, value);
        return;
    }
    for (uint32_t unit = 0; unit < 2; unit++) {
        if (channel->drives[unit] != NULL) {
            drive_write(channel->drives[unit], offset, value);
        }
    }
    if (offset == DEVICE) {
        channel->selected = value >> 4 & 1;
        line_update(machine, channel);
    }
}

static uint8_t status_of(const struct ata_channel *channel)
{
    const struct ata_drive *drive = selected_of(channel);
    if (drive != NULL) {
        return drive->status;
    }
    return is_empty(channel) ? 0x7f : 0;
}

static uint32_t register_of(const struct ata_channel *channel, const struct ata_drive *drive,
                            uint32_t offset)
{
    const struct ata_pair *const pairs[] = {&drive->feature, &drive->count, &drive->low,
                                            &drive->middle, &drive->high};
    if (offset == ERROR) {
        return drive->error;
    }
    if (offset == DEVICE) {
        return drive->device | 0xa0U;
    }
    bool is_before = (channel->device_control & HIGH_ORDER) != 0;
    return is_before ? pairs[offset]->before : pairs[offset]->now;
}

static uint32_t registers_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)width;
    struct ata_channel *channel = device;
    struct ata_drive *drive = selected_of(channel);
    if (offset == STATUS) {
        uint8_t status = status_of(channel);
        if (drive != NULL) {
            ask(machine, drive, false);
        }
        return status;
    }
    /* Drive 0 answers for a drive 1 that is not there. */
    drive = drive == NULL && channel->selected == 1 ? channel->drives[0] : drive;
    return drive == NULL ? 0x7f : register_of(channel, drive, offset);
}

static uint32_t control_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)machine;
    (void)offset;
    (void)width;
    return status_of(device);
}

static void control_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                        uint32_t value)
{
    (void)offset;
    (void)width;
    control_write(machine, device, value);
}

/* ---- What both kinds of drive do ------------------------------------------------------------- */

static bool is_feature(uint8_t feature)
{
    static const uint8_t features[] = {WRITE_CACHE,   NO_WRITE_CACHE, LOOK_AHEAD,
                                       NO_LOOK_AHEAD, KEEP,           DEFAULTS};
    return memchr(features, feature, sizeof features) != NULL;
}

void ata_set_features(struct machine *machine, struct ata_drive *drive)
{
    static const uint8_t modes[] = {2, 2, 5, 0, 3, 0, 0, 0, 6}; /* by kind: how many there are */
    uint8_t feature = drive->feature.now, mode = drive->count.now;
    if (feature == SET_MODE) {
        bool is_known = mode >> 3 < sizeof modes && (mode & 7) < modes[mode >> 3];
        if (!is_known) {
            ata_fail(machine, drive, ATA_ABORTED);
            return;
        }
        drive->mode = mode >> 3 >= 4 ? mode : drive->mode;
    } else if (!is_feature(feature)) {
        ata_fail(machine, drive, ATA_ABORTED);
        return;
    }
    ata_done(machine, drive);
}

void ata_word(uint8_t *block, uint32_t word, uint32_t value)
{
    block[2 * word] = (uint8_t)value;
    block[2 * word + 1] = (uint8_t)(value >> 8);
}

void ata_text(uint8_t *block, uint32_t word, uint32_t words, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < 2 * words; i++) {
        block[(2 * word + i) ^ 1] = (uint8_t)(i < length ? text[i] : ' ');
    }
}

void ata_identify_modes(const struct ata_drive *drive, uint8_t *block)
{
    uint32_t set = UINT32_C(0x100) << (drive->mode & 7);
    ata_word(block, 53, 7);
    ata_word(block, 63, 7 | (drive->mode >> 3 == 4 ? set : 0));
    ata_word(block, 64, 3); /* PIO modes 3 and 4 */
    for (uint32_t word = 65; word <= 68; word++) {
        ata_word(block, word, 120); /* nanoseconds a cycle takes */
    }
    ata_word(block, 80, 0x7e); /* ATA-1 to ATA/ATAPI-6 */
    ata_word(block, 88, 0x3f | (drive->mode >> 3 == 8 ? set : 0));
}

/* ---- Power-on -------------------------------------------------------------------------------- */

bool ata_drive_add(struct machine *machine, struct ata_channel *channel, uint32_t number,
                   enum posix_drive_kind kind)
{
    struct ata_drive *drive = calloc(1, sizeof *drive);
    bool is_disk = kind == POSIX_DRIVE_DISK;
    if (drive == NULL) {
        return false;
    }
    drive->timed.fire = drive_fire;
    drive->channel = channel;
    drive->number = number;
    drive->unit = number & 1;
    drive->kind = is_disk ? &ata_disk : &atapi_cdrom;
    drive->medium = machine->board->drives[number].medium;
    drive->packet.is_out = machine->board->drives[number].is_out;
    if (is_disk && drive->medium == NULL) {
        free(drive); /* it has been told why */
        return true;
    }
    channel->drives[drive->unit] = drive;
    machine->slots.drives[number] = &drive->slot;
    if (is_disk) {
        ata_disk_plug(drive);
    } else {
        atapi_plug(drive);
    }
    drive_reset(machine, drive);
    reset_done(machine, drive);
    return true;
}

void ata_channel_create(struct machine *machine, struct ata_channel *channel, uint32_t number)
{
    static const uint32_t first[] = {0x1f0, 0x170}, control[] = {0x3f6, 0x376};
    channel->line = 14 + number;
    channel->data = (struct bus_range){.first = first[number],
                                       .count = 1,
                                       .widths = BUS_WORD | BUS_LONG,
                                       .device = channel,
                                       .in = data_in,
                                       .out = data_out};
    channel->registers = (struct bus_range){.first = first[number] + 1,
                                            .count = 7,
                                            .device = channel,
                                            .in = registers_in,
                                            .out = registers_out};
    channel->control = (struct bus_range){.first = control[number],
                                          .count = 1,
                                          .device = channel,
                                          .in = control_in,
                                          .out = control_out};
    channel->bus_master.master.name =
        number == 0 ? "the first disk controller" : "the second disk controller";
    channel->bus_master.user = channel;
    channel->bus_master.changed = bus_master_changed;
    bus_attach(machine, &channel->data);
    bus_attach(machine, &channel->registers);
    bus_attach(machine, &channel->control);
}

void ata_channel_destroy(struct machine *machine, struct ata_channel *channel)
{
    for (uint32_t unit = 0; unit < 2; unit++) {
        if (channel->drives[unit] != NULL) {
            struct ata_drive *drive = channel->drives[unit];
            machine->board->drives[drive->number].is_out = drive->packet.is_out;
            free(drive);
        }
    }
}
