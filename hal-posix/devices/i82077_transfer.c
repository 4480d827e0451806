/* SPDX-License-Identifier: MIT */
/* The floppy controller's commands that find sectors: READ DATA, WRITE DATA, READ ID, FORMAT. */

#include <string.h>

#include "i82077_inside.h"

#define CHANNEL 2

/* ---- Transfers ------------------------------------------------------------------------------- */

/* Bytes of the command: 1 head and unit, 2 cylinder, 3 head, 4 sector, 5 size, 6 last sector. They
 * are counted on as sectors pass and become the result. */
enum { CYLINDER = 2, HEAD = 3, SECTOR = 4, SIZE_CODE = 5, LAST_SECTOR = 6 };

static void transfer_end(struct machine *machine, struct i82077 *controller, uint8_t st0,
                         uint8_t st1, uint8_t st2)
{
    const uint8_t *bytes = controller->bytes;
    const uint8_t out[] = {(uint8_t)(st0 | (bytes[1] & 7)),
                           st1,
                           st2,
                           bytes[CYLINDER],
                           bytes[HEAD],
                           bytes[SECTOR],
                           bytes[SIZE_CODE]};
    i82077_result(controller, out, sizeof out);
    i82077_ask(machine, controller, true);
}

/* To the next sector, head or cylinder. True: it was the last that the command names. */
static bool sector_count_on(struct i82077 *controller)
{
    uint8_t *bytes = controller->bytes;
    if (bytes[SECTOR] != bytes[LAST_SECTOR]) {
        bytes[SECTOR]++;
        return false;
    }
    bytes[SECTOR] = 1;
    if ((bytes[0] & MULTI_TRACK) == 0) {
        bytes[CYLINDER]++;
        return true;
    }
    bytes[HEAD] ^= 1;
    bytes[1] ^= 4;
    if (bytes[HEAD] != 0) {
        return false;
    }
    bytes[CYLINDER]++;
    return true;
}

static void sector_find(struct machine *machine, struct i82077 *controller);

static void sector_passed(struct machine *machine, struct i82077 *controller, bool terminal)
{
    uint8_t head = controller->bytes[1] & 4;
    bool is_last = sector_count_on(controller);
    if (terminal || is_last) {
        /* The head in the status is the one that was used. */
        controller->bytes[1] = (uint8_t)((controller->bytes[1] & ~4) | head);
        transfer_end(machine, controller, terminal ? 0 : ST0_ABNORMAL, terminal ? 0 : ST1_END, 0);
    } else {
        sector_find(machine, controller);
    }
}

static uint64_t move(struct machine *machine, struct i82077 *controller, enum dma8237_way way,
                     bool *terminal)
{
    *terminal = false;
    if ((controller->specify[1] & 1) != 0 || (controller->dor & I82077_GATE) == 0) {
        return 0;
    }
    return dma8237_move(machine, &controller->master, CHANNEL, way, controller->buffer,
                        FLOPPY_SECTOR, terminal);
}

static bool is_gone(struct machine *machine, struct i82077 *controller)
{
    const struct floppy_drive *drive = i82077_drive(controller);
    return drive == NULL || !floppy_drive_turns(machine, drive);
}

static void read_step(struct machine *machine, struct i82077 *controller)
{
    bool terminal;
    const uint8_t *bytes = controller->bytes;
    if (is_gone(machine, controller)) {
        return; /* taken out while it turned: no end comes */
    }
    if (!floppy_drive_read(i82077_drive(controller), bytes[1] >> 2 & 1, bytes[SECTOR],
                           controller->buffer)) {
        transfer_end(machine, controller, ST0_ABNORMAL, ST1_DATA, ST2_DATA);
        return;
    }
    uint64_t moved = move(machine, controller, DMA8237_TO_MEMORY, &terminal);
    if (moved < FLOPPY_SECTOR && !terminal) {
        transfer_end(machine, controller, ST0_ABNORMAL, ST1_OVERRUN, 0);
        return;
    }
    sector_passed(machine, controller, terminal);
}

static void write_step(struct machine *machine, struct i82077 *controller)
{
    bool terminal;
    const uint8_t *bytes = controller->bytes;
    if (is_gone(machine, controller)) {
        return;
    }
    memset(controller->buffer, 0, sizeof controller->buffer);
    uint64_t moved = move(machine, controller, DMA8237_TO_DEVICE, &terminal);
    if (moved < FLOPPY_SECTOR && !terminal) {
        transfer_end(machine, controller, ST0_ABNORMAL, ST1_OVERRUN, 0);
    } else if (!floppy_drive_write(i82077_drive(controller), bytes[1] >> 2 & 1, bytes[SECTOR],
                                   controller->buffer)) {
        transfer_end(machine, controller, ST0_ABNORMAL, ST1_DATA, 0);
    } else {
        sector_passed(machine, controller, terminal);
    }
}

static void not_found_step(struct machine *machine, struct i82077 *controller)
{
    transfer_end(machine, controller, ST0_ABNORMAL, ST1_NOT_FOUND, 0);
}

static void wrong_cylinder_step(struct machine *machine, struct i82077 *controller)
{
    transfer_end(machine, controller, ST0_ABNORMAL, ST1_NOT_FOUND, ST2_WRONG_CYLINDER);
}

static void no_mark_step(struct machine *machine, struct i82077 *controller)
{
    transfer_end(machine, controller, ST0_ABNORMAL, ST1_NO_MARK, 0);
}

/* Nothing that can be read at this rate passes under the head; said after two revolutions. */
static bool is_unreadable(const struct i82077 *controller, const struct floppy_drive *drive)
{
    return controller->rate != drive->format->rate || (controller->bytes[0] & MFM) == 0 ||
           drive->cylinder >= drive->format->cylinders;
}

static void sector_find(struct machine *machine, struct i82077 *controller)
{
    const uint8_t *bytes = controller->bytes;
    struct floppy_drive *drive = i82077_drive(controller);
    uint64_t twice = 2 * FLOPPY_REVOLUTION_NS;
    if (is_gone(machine, controller)) {
        return;
    }
    if (is_unreadable(controller, drive)) {
        i82077_wait(machine, controller, twice, no_mark_step);
    } else if (bytes[CYLINDER] != drive->cylinder) {
        i82077_wait(machine, controller, twice, wrong_cylinder_step);
    } else if (bytes[SECTOR] == 0 || bytes[SECTOR] > drive->format->track_sectors ||
               bytes[SIZE_CODE] != 2 || bytes[HEAD] != (bytes[1] >> 2 & 1)) {
        i82077_wait(machine, controller, twice, not_found_step);
    } else {
        bool is_write = (bytes[0] & CODE) == WRITE;
        i82077_wait(machine, controller,
                    floppy_drive_until(machine, drive, bytes[SECTOR]) +
                        floppy_drive_sector_ns(drive),
                    is_write ? write_step : read_step);
    }
}

void i82077_transfer_begin(struct machine *machine, struct i82077 *controller)
{
    struct floppy_drive *drive = i82077_drive(controller);
    const uint8_t *bytes = controller->bytes;
    uint64_t ns = COMMAND_NS;
    if (drive == NULL) {
        return;
    }
    if ((bytes[0] & CODE) == WRITE && floppy_drive_is_protected(drive)) {
        transfer_end(machine, controller, ST0_ABNORMAL, ST1_PROTECTED, 0);
        return;
    }
    for (; (controller->configure & IMPLIED_SEEK) != 0 && drive->cylinder != bytes[CYLINDER] &&
           bytes[CYLINDER] < 82;
         ns += i82077_step_ns(controller)) {
        floppy_drive_step(drive, drive->cylinder < bytes[CYLINDER]);
        controller->present[i82077_unit(controller)] = bytes[CYLINDER];
    }
    controller->last_sector = bytes[LAST_SECTOR];
    i82077_wait(machine, controller, ns, sector_find);
}

void i82077_read_id_step(struct machine *machine, struct i82077 *controller)
{
    struct floppy_drive *drive = i82077_drive(controller);
    uint8_t *bytes = controller->bytes;
    if (is_gone(machine, controller)) {
        return;
    }
    if (is_unreadable(controller, drive)) {
        i82077_wait(machine, controller, 2 * FLOPPY_REVOLUTION_NS, no_mark_step);
        return;
    }
    bytes[CYLINDER] = (uint8_t)drive->cylinder;
    bytes[HEAD] = bytes[1] >> 2 & 1;
    bytes[SECTOR] = (uint8_t)floppy_drive_next(machine, drive);
    bytes[SIZE_CODE] = 2;
    transfer_end(machine, controller, 0, 0, 0);
}

/* FORMAT: the host sends four bytes for each sector, the track is filled. Only the image's format
 * can be laid down. */
static void format_step(struct machine *machine, struct i82077 *controller)
{
    struct floppy_drive *drive = i82077_drive(controller);
    const uint8_t head = controller->bytes[1] >> 2 & 1, filler = controller->bytes[5];
    uint32_t count = controller->bytes[3];
    bool terminal, is_good = !is_gone(machine, controller);
    if (!is_good) {
        return;
    }
    uint64_t moved = move(machine, controller, DMA8237_TO_DEVICE, &terminal);
    if (is_unreadable(controller, drive) || count != drive->format->track_sectors ||
        moved < (uint64_t)4 * count) {
        transfer_end(machine, controller, ST0_ABNORMAL, ST1_OVERRUN, 0);
        return;
    }
    memset(controller->buffer, filler, sizeof controller->buffer);
    for (uint32_t sector = 1; sector <= count; sector++) {
        is_good = floppy_drive_write(drive, head, sector, controller->buffer) && is_good;
    }
    transfer_end(machine, controller, is_good ? 0 : ST0_ABNORMAL, is_good ? 0 : ST1_DATA, 0);
}

void i82077_format_begin(struct machine *machine, struct i82077 *controller)
{
    struct floppy_drive *drive = i82077_drive(controller);
    if (drive != NULL && floppy_drive_is_protected(drive)) {
        transfer_end(machine, controller, ST0_ABNORMAL, ST1_PROTECTED, 0);
    } else {
        i82077_wait(machine, controller, 2 * FLOPPY_REVOLUTION_NS, format_step);
    }
}
