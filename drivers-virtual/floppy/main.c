/* SPDX-License-Identifier: MIT */
/* `d\floppy`: floppy drives on the controller of a PC, with d\dma's channel 2.
 *
 * A request gets its drive ready (unit.h) and goes on a cylinder at a time. A floppy that was
 * changed is noticed before anything is done for a client that knows the old one, and after each
 * cylinder. Errors are tried again, heads sent to cylinder 0 in between. Two seconds after the last
 * request the motor is off. Ends with 0 if there is no controller, or no drive. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device/storage.h>

#include "unit.h"

TR_PROGRAM_ABOUT("driver of floppy disks");

#define SECTOR        CONTROLLER_SECTOR
#define TRANSFER_MOST 256 /* sectors in a request */
#define TRIES         3
#define MOTOR_NS      UINT64_C(2000000000)
#define TIMER_MOTOR   3

static struct unit units[CONTROLLER_UNITS];
static struct tru_driver_queue queue;

/* The request under way. */
static struct {
    struct tru_driver_request *request;
    struct unit *unit;
    uint8_t *bytes;
    uint32_t part, tries;
    void (*ready)(void);
} job;

static void job_done(int64_t result)
{
    struct tru_driver_request *request = job.request;

    job.request = NULL;
    tr_timer_set((uint64_t)tr_clock() + MOTOR_NS, TIMER_MOTOR);
    tru_driver_done(request, result);
}

static void on_motor_timer(void *user)
{
    (void)user;
    for (uint32_t i = 0; i < CONTROLLER_UNITS && job.request == NULL; i++) {
        units[i].motor = false;
        controller_motor(i, false);
    }
}

static bool is_write(void)
{
    return job.request->head.operation == TR_STORAGE_WRITE;
}

/* ---- Moving sectors -------------------------------------------------------------------------- */

static void part_begin(void);

static void part_failed(int64_t error);

/* After a failure: is the floppy still there? */
static void looked_again(int64_t result)
{
    if (result == 0 && media_is_known(&job.unit->media, job.request)) {
        part_begin();
    } else {
        job_done(result == 0 ? TR_E_BUSY : result);
    }
}

static void reset_over(bool is_done)
{
    (void)is_done;
    job.unit->cylinder = UNIT_LOST;
    unit_prepare(job.unit, looked_again);
}

static void part_failed(int64_t error)
{
    if (job.tries++ < TRIES) {
        controller_reset(reset_over);
    } else {
        job_done(error);
    }
}

static void moved(bool is_done)
{
    uint64_t at = job.request->progress * SECTOR;

    if (!is_done) {
        part_failed(TR_E_TIMEDOUT);
    } else if ((controller_result.st1 & ST1_PROTECTED) != 0) {
        job_done(TR_E_PERM);
    } else if ((controller_result.st0 & ST0_ABNORMAL) != 0) {
        part_failed(TR_E_FAULT);
    } else if (controller_is_changed(job.unit->number)) {
        part_failed(TR_E_BUSY); /* whose sectors those were nobody knows */
    } else {
        if (!is_write()) {
            memcpy(job.bytes + at, controller_buffer, (size_t)job.part * SECTOR);
        }
        job.tries = 0;
        job.request->progress += job.part;
        if (job.request->progress == job.request->head.arguments[1]) {
            job_done((int64_t)job.request->progress);
        } else {
            part_begin();
        }
    }
}

static void at_cylinder(bool is_there)
{
    const uint64_t *arguments = job.request->head.arguments;
    uint64_t first = arguments[0] + job.request->progress;
    uint32_t track = job.unit->format.track_sectors, cylinder = track * UNIT_HEADS;
    const struct controller_transfer transfer = {.code = is_write() ? WRITE_DATA : READ_DATA,
                                                 .unit = job.unit->number,
                                                 .cylinder = (uint32_t)(first / cylinder),
                                                 .head = (uint32_t)(first % cylinder / track),
                                                 .sector = (uint32_t)(first % track) + 1,
                                                 .last = track,
                                                 .count = job.part};

    if (!is_there) {
        part_failed(TR_E_FAULT);
        return;
    }
    if (is_write()) {
        memcpy(controller_buffer, job.bytes + job.request->progress * SECTOR,
               (size_t)job.part * SECTOR);
    }
    controller_move(&transfer, moved);
}

/* What is wanted of the next cylinder. */
static void part_begin(void)
{
    const uint64_t *arguments = job.request->head.arguments;
    uint64_t first = arguments[0] + job.request->progress;
    uint64_t left = arguments[1] - job.request->progress;
    uint32_t cylinder = job.unit->format.track_sectors * UNIT_HEADS;
    uint64_t most = cylinder - first % cylinder;

    job.part = (uint32_t)(left < most ? left : most);
    unit_seek(job.unit, (uint32_t)(first / cylinder), at_cylinder);
}

static void transfer_ready(void)
{
    const uint64_t *arguments = job.request->head.arguments;
    uint64_t sectors = unit_sectors(job.unit), size = arguments[1] * SECTOR;
    int64_t result = 0;
    void *bytes = NULL;

    if (!media_is_known(&job.unit->media, job.request)) {
        result = TR_E_BUSY;
    } else if (arguments[1] == 0 || arguments[0] >= sectors ||
               arguments[1] > sectors - arguments[0]) {
        result = TR_E_INVAL;
    } else if (arguments[1] > TRANSFER_MOST) {
        result = TR_E_TOOBIG;
    } else if (is_write()) {
        const void *from;
        result = tru_driver_input(job.request, size, &from);
        bytes = (void *)from;
    } else {
        result = tru_driver_output(job.request, size, &bytes);
    }
    if (result < 0) {
        job_done(result);
        return;
    }
    job.bytes = bytes;
    part_begin();
}

/* ---- Requests -------------------------------------------------------------------------------- */

static void prepared(int64_t result)
{
    if (result < 0) {
        job_done(result);
    } else {
        job.ready();
    }
}

static void job_take(struct tru_driver_request *request)
{
    job.request = request;
    job.unit = request->device->user;
    job.tries = 0;
    tr_timer_cancel(TIMER_MOTOR);
}

static void on_transfer(struct tru_driver_request *request)
{
    job_take(request);
    job.ready = transfer_ready;
    unit_prepare(job.unit, prepared);
}

static void size_ready(void)
{
    job_done((int64_t)unit_sectors(job.unit));
}

static void on_size(struct tru_driver_request *request)
{
    job_take(request);
    job.ready = size_ready;
    unit_prepare(job.unit, prepared);
}

static void media_prepared(int64_t result)
{
    uint32_t bits = TR_STORAGE_REMOVABLE;
    uint64_t number = job.unit->media.number;
    void *to;

    if (result < 0 && result != TR_E_STATE) {
        job_done(result);
        return;
    }
    bits |= result == 0 ? TR_STORAGE_PRESENT : 0;
    bits |= result == 0 && controller_is_protected(job.unit->number) ? TR_STORAGE_READ_ONLY : 0;
    bits |= media_tell(&job.unit->media, job.request) ? TR_STORAGE_CHANGED : 0;
    result = tru_driver_output(job.request, sizeof number, &to);
    if (result == 0) {
        memcpy(to, &number, sizeof number);
    }
    job_done(result < 0 ? result : (int64_t)bits);
}

static void on_media(struct tru_driver_request *request)
{
    job_take(request);
    unit_prepare(job.unit, media_prepared);
}

static void on_flush(struct tru_driver_request *request)
{
    tru_driver_done(request, 0);
}

static void on_eject(struct tru_driver_request *request)
{
    tru_driver_done(request, TR_E_NOSYS);
}

static void initialised(bool is_done)
{
    job.unit->cylinder = UNIT_LOST;
    job_done(is_done ? 0 : TR_E_TIMEDOUT);
}

static void on_initialise(struct tru_driver_request *request)
{
    job_take(request);
    controller_reset(initialised);
}

static void on_information(struct tru_driver_device *device, void *to)
{
    const struct unit *unit = device->user;
    struct tr_storage_information *information = to;

    information->device.flags = TR_STORAGE_REMOVABLE | (unit->has_medium ? TR_STORAGE_PRESENT : 0);
    information->sectors = unit->has_medium ? unit_sectors(unit) : 0;
    information->sector_size = SECTOR;
    information->sectors_most = TRANSFER_MOST;
    information->cylinders = unit->has_medium ? unit->format.cylinders : 0;
    information->heads = unit->has_medium ? UNIT_HEADS : 0;
    information->track_sectors = unit->has_medium ? unit->format.track_sectors : 0;
}

static void on_closed(struct tru_driver_device *device, uint64_t pid)
{
    struct unit *unit = device->user;

    media_forget(&unit->media, pid);
}

/* ---- Start ----------------------------------------------------------------------------------- */

static void device_make(struct unit *unit)
{
    static const struct tru_driver_row rows[] = {
        {TR_STORAGE_SIZE, TRU_DRIVER_QUEUED, on_size},
        {TR_STORAGE_READ, TRU_DRIVER_QUEUED, on_transfer},
        {TR_STORAGE_WRITE, TRU_DRIVER_QUEUED, on_transfer},
        {TR_STORAGE_FLUSH, TRU_DRIVER_QUEUED, on_flush},
        {TR_STORAGE_MEDIA, TRU_DRIVER_QUEUED, on_media},
        {TR_STORAGE_EJECT, 0, on_eject},
        {TR_DEVICE_OPERATION_INITIALISE, TRU_DRIVER_QUEUED, on_initialise}};

    snprintf(unit->name, sizeof unit->name, "disks\\floppy\\%u", (unsigned)unit->number);
    unit->device =
        (struct tru_driver_device){.name = unit->name,
                                   .type = TR_DEVICE_STORAGE,
                                   .rows = rows,
                                   .row_count = sizeof rows / sizeof rows[0],
                                   .queue = &queue,
                                   .user = unit,
                                   .information = on_information,
                                   .information_size = sizeof(struct tr_storage_information),
                                   .closed = on_closed,
                                   .model = "3.5 inch floppy drive",
                                   .driver = "d\\floppy"};
    int64_t result = tru_driver_add(&unit->device);
    if (result < 0) {
        tru_driver_say("floppy: no device object for %s: %s", unit->name, tr_error_text(result));
        exit(1);
    }
}

static uint32_t probed; /* the unit that is asked whether it is there */

static void probe_done(bool is_done);

static void probe_next(void)
{
    bool is_any = false;

    if (probed < CONTROLLER_UNITS) {
        controller_recalibrate(probed, probe_done);
        return;
    }
    for (uint32_t i = 0; i < CONTROLLER_UNITS; i++) {
        if (units[i].is_there) {
            is_any = true;
            device_make(&units[i]);
        }
    }
    if (!is_any) {
        exit(0);
    }
}

/* A drive that is there finds its cylinder 0. */
static void probe_done(bool is_done)
{
    struct unit *unit = &units[probed];

    unit->number = probed;
    unit->is_there = is_done && (controller_result.st0 & (ST0_ABNORMAL | ST0_CHECK)) == 0;
    unit->cylinder = UNIT_LOST;
    probed++;
    probe_next();
}

static void first_reset(bool is_done)
{
    if (!is_done) {
        tru_driver_say("floppy: the controller does not come out of its reset");
        exit(1);
    }
    probe_next();
}

int main(int argc, char **argv)
{
    bool exists;

    tru_driver_start(argc, argv);
    int64_t result = controller_open(&exists);
    if (result >= 0 && !exists) {
        return 0;
    }
    if (result >= 0) {
        result = tru_driver_on_timer(TIMER_MOTOR, on_motor_timer, NULL);
    }
    if (result < 0) {
        tru_driver_say("floppy: cannot begin: %s", tr_error_text(result));
        return 1;
    }
    controller_reset(first_reset);
    return (int)tru_driver_run();
}
