/* SPDX-License-Identifier: MIT */
/* The floppy controller. A command's bytes come through the FIFO, it is executed in its time, its
 * result bytes are fetched:
 *
 *   COMMAND ── the last byte ──> EXECUTE ── ready ──> RESULT ── the last byte fetched ──> COMMAND
 *      ^                           └─ seeks, no result ─┐
 *      └────────────────────────────────────────────────┘
 *
 * A disk that does not turn sends no index pulses: a command that waits for a sector then waits for
 * ever, until a reset, as on the chip. Each sector moves when it has passed under the head.
 *
 * SIM: transfers are by DMA alone (with the NON-DMA bit they end with an overrun); FM recording,
 * deleted data, READ TRACK, SCAN, VERIFY and formats other than the image's are left out: such
 * commands are invalid, or find no address mark. */

#include "i82077.h"

#include <stdlib.h>
#include <string.h>

#include "i82077_inside.h"
#include "pic.h"

#define FIRST_PORT 0x3f0
#define LAST_PORT  0x3f7
#define LINE       6
#define RESET_NS   UINT64_C(20000)

#define RESULT_SIZE 7 /* of what interrupts when its result is ready */

enum { SRA, SRB, DOR, TDR, MSR, FIFO };
enum { DOR_RUNS = 4, DOR_MOTOR = 0x10 };
enum { DSR_RESET = 0x80, DSR_RATE = 3 };
enum { MSR_READY = 0x80, MSR_OUT = 0x40, MSR_BUSY = 0x10 };
enum { DIR_CHANGED = 0x80 };

/* ---- Lines and phases ------------------------------------------------------------------------ */

static void line_update(struct machine *machine, const struct i82077 *controller)
{
    line_set(machine, LINE, controller->asks && (controller->dor & I82077_GATE) != 0);
}

void i82077_ask(struct machine *machine, struct i82077 *controller, bool asks)
{
    controller->asks = asks;
    line_update(machine, controller);
}

void i82077_wait(struct machine *machine, struct i82077 *controller, uint64_t ns,
                 void (*step)(struct machine *machine, struct i82077 *controller))
{
    controller->step = step;
    timeline_set(machine, &controller->timed, timeline_now(machine) + ns);
}

static void controller_fire(struct machine *machine, struct timed *timed)
{
    struct i82077 *controller = (struct i82077 *)timed;
    controller->step(machine, controller);
}

void i82077_idle(struct i82077 *controller)
{
    controller->phase = PHASE_COMMAND;
    controller->at = controller->size = 0;
}

void i82077_result(struct i82077 *controller, const uint8_t *bytes, uint32_t size)
{
    memcpy(controller->bytes, bytes, size);
    controller->phase = PHASE_RESULT;
    controller->at = 0;
    controller->size = size;
}

uint32_t i82077_unit(const struct i82077 *controller)
{
    return controller->bytes[1] & 3;
}

struct floppy_drive *i82077_drive(struct i82077 *controller)
{
    uint32_t unit = i82077_unit(controller);
    return unit < UNITS && controller->drives[unit].is_there ? &controller->drives[unit] : NULL;
}

uint64_t i82077_step_ns(const struct i82077 *controller)
{
    static const uint64_t half_ms[] = {2, 3, 4, 1}; /* by rate: of a unit, in halves; 300: 3.3 */
    return (16 - (controller->specify[0] >> 4)) * half_ms[controller->rate] * UINT64_C(500000);
}

/* ---- Seeks ----------------------------------------------------------------------------------- */

static void seek_end(struct machine *machine, const struct i82077_seek *seek, uint8_t st0)
{
    seek->controller->pending[seek->unit] = (uint8_t)(st0 | ST0_SEEK | seek->unit);
    i82077_ask(machine, seek->controller, true);
}

static void seek_wait(struct machine *machine, struct i82077_seek *seek, uint64_t ns,
                      void (*fire)(struct machine *machine, struct timed *timed))
{
    seek->timed.fire = fire;
    timeline_set(machine, &seek->timed, timeline_now(machine) + ns);
}

/* The drive that seeks, NULL: none is there. */
static struct floppy_drive *seek_drive(const struct i82077_seek *seek)
{
    struct i82077 *controller = seek->controller;
    bool is_there = seek->unit < UNITS && controller->drives[seek->unit].is_there;
    return is_there ? &controller->drives[seek->unit] : NULL;
}

static void seek_fire(struct machine *machine, struct timed *timed)
{
    struct i82077_seek *seek = (struct i82077_seek *)timed;
    struct floppy_drive *drive = seek_drive(seek);
    uint8_t *present = &seek->controller->present[seek->unit];
    if (*present == seek->target) {
        seek_end(machine, seek, 0);
        return;
    }
    bool is_inwards = *present < seek->target;
    *present = (uint8_t)(is_inwards ? *present + 1 : *present - 1);
    if (drive != NULL) {
        floppy_drive_step(drive, is_inwards);
    }
    seek_wait(machine, seek, i82077_step_ns(seek->controller), seek_fire);
}

static void recalibrate_fire(struct machine *machine, struct timed *timed)
{
    struct i82077_seek *seek = (struct i82077_seek *)timed;
    struct floppy_drive *drive = seek_drive(seek);
    seek->controller->present[seek->unit] = 0;
    if (drive != NULL && drive->cylinder == 0) {
        seek_end(machine, seek, 0);
    } else if (seek->steps == 0) {
        seek_end(machine, seek, ST0_ABNORMAL | ST0_CHECK);
    } else {
        seek->steps--;
        if (drive != NULL) {
            floppy_drive_step(drive, false);
        }
        seek_wait(machine, seek, i82077_step_ns(seek->controller), recalibrate_fire);
    }
}

static void seek_begin(struct machine *machine, struct i82077 *controller, bool is_recalibrate)
{
    uint32_t unit = i82077_unit(controller);
    struct i82077_seek *seek = &controller->seeks[unit];
    seek->controller = controller;
    seek->unit = unit;
    seek->target = is_recalibrate ? 0 : controller->bytes[2];
    seek->steps = 79;
    controller->seeking |= (uint8_t)(1 << unit);
    i82077_idle(controller);
    seek_wait(machine, seek, COMMAND_NS, is_recalibrate ? recalibrate_fire : seek_fire);
}

/* ---- Commands without execution -------------------------------------------------------------- */

static void sense_interrupt(struct machine *machine, struct i82077 *controller)
{
    for (uint32_t unit = 0; unit < 4; unit++) {
        uint8_t st0 = controller->pending[unit];
        if (st0 != 0) {
            const uint8_t out[] = {st0, controller->present[unit]};
            controller->pending[unit] = 0;
            controller->seeking &= (uint8_t) ~(1 << unit);
            i82077_result(controller, out, sizeof out);
            i82077_ask(machine, controller, false);
            return;
        }
    }
    i82077_result(controller, (const uint8_t[]){ST0_INVALID}, 1);
}

static void sense_drive(struct i82077 *controller)
{
    const struct floppy_drive *drive = i82077_drive(controller);
    uint8_t st3 = (uint8_t)(0x28 | (controller->bytes[1] & 7));
    if (drive != NULL) {
        st3 |= floppy_drive_is_protected(drive) ? 0x40 : 0;
        st3 |= drive->cylinder == 0 ? 0x10 : 0;
    }
    i82077_result(controller, &st3, 1);
}

static void dump_registers(struct i82077 *controller)
{
    const uint8_t *present = controller->present;
    const uint8_t out[] = {present[0],
                           present[1],
                           present[2],
                           present[3],
                           controller->specify[0],
                           controller->specify[1],
                           controller->last_sector,
                           (uint8_t)(controller->is_locked << 7 | controller->is_perpendicular),
                           controller->configure,
                           controller->precompensation};
    i82077_result(controller, out, sizeof out);
}

static void lock(struct i82077 *controller)
{
    controller->is_locked = (controller->bytes[0] & 0x80) != 0;
    i82077_result(controller, (const uint8_t[]){(uint8_t)(controller->is_locked << 4)}, 1);
}

static void settings(struct i82077 *controller, uint8_t code)
{
    const uint8_t *bytes = controller->bytes;
    if (code == 0x03) {
        memcpy(controller->specify, bytes + 1, 2);
    } else if (code == 0x13) {
        controller->configure = bytes[2];
        controller->precompensation = bytes[3];
    } else {
        controller->is_perpendicular = (bytes[1] & 3) != 0;
    }
    i82077_idle(controller);
}

/* ---- The command phase ----------------------------------------------------------------------- */

/* Bytes of a command, by its code; 0: there is none of that code. */
static const uint8_t lengths[32] = {
    [0x03] = 3,   [0x04] = 2, [WRITE] = 9, [READ] = 9, [0x07] = 2, [0x08] = 1, [READ_ID] = 2,
    [FORMAT] = 6, [0x0e] = 1, [0x0f] = 3,  [0x10] = 1, [0x12] = 2, [0x13] = 4, [0x14] = 1};

static void execute(struct machine *machine, struct i82077 *controller)
{
    uint8_t code = controller->bytes[0] & CODE;
    controller->phase = PHASE_EXECUTE;
    switch (code) {
    case READ:
    case WRITE:
        i82077_transfer_begin(machine, controller);
        break;
    case READ_ID:
        i82077_wait(machine, controller, FLOPPY_REVOLUTION_NS / 20, i82077_read_id_step);
        break;
    case FORMAT:
        i82077_format_begin(machine, controller);
        break;
    case 0x07:
    case 0x0f:
        seek_begin(machine, controller, code == 0x07);
        break;
    case 0x08:
        sense_interrupt(machine, controller);
        break;
    case 0x04:
        sense_drive(controller);
        break;
    case 0x0e:
        dump_registers(controller);
        break;
    case 0x10:
        i82077_result(controller, (const uint8_t[]){0x90}, 1);
        break;
    case 0x14:
        lock(controller);
        break;
    default:
        settings(controller, code);
        break;
    }
}

static void fifo_write(struct machine *machine, struct i82077 *controller, uint32_t value)
{
    if (controller->phase != PHASE_COMMAND) {
        return;
    }
    if (controller->at == 0) {
        controller->size = lengths[value & CODE];
    }
    controller->bytes[controller->at++] = (uint8_t)value;
    if (controller->size == 0) {
        i82077_result(controller, (const uint8_t[]){ST0_INVALID}, 1);
    } else if (controller->at == controller->size) {
        execute(machine, controller);
    }
}

static uint32_t fifo_read(struct machine *machine, struct i82077 *controller)
{
    if (controller->phase != PHASE_RESULT) {
        return 0xff;
    }
    if (controller->size == RESULT_SIZE) {
        i82077_ask(machine, controller, false);
    }
    uint32_t value = controller->bytes[controller->at++];
    if (controller->at == controller->size) {
        i82077_idle(controller);
    }
    return value;
}

/* ---- Resets and ports ------------------------------------------------------------------------ */

/* The drives are polled after a reset: all four are told to have become ready. */
static void reset_step(struct machine *machine, struct i82077 *controller)
{
    if ((controller->configure & NO_POLLING) == 0) {
        for (uint32_t unit = 0; unit < 4; unit++) {
            controller->pending[unit] = (uint8_t)(ST0_READY | unit);
        }
        i82077_ask(machine, controller, true);
    }
}

static void reset(struct machine *machine, struct i82077 *controller, bool is_held)
{
    timeline_cancel(machine, &controller->timed);
    for (uint32_t unit = 0; unit < 4; unit++) {
        timeline_cancel(machine, &controller->seeks[unit].timed);
    }
    i82077_idle(controller);
    memset(controller->pending, 0, sizeof controller->pending);
    memset(controller->present, 0, sizeof controller->present);
    controller->seeking = 0;
    controller->is_perpendicular = false;
    if (!controller->is_locked) {
        controller->configure = 0x20;
        controller->precompensation = 0;
    }
    i82077_ask(machine, controller, false);
    if (!is_held) {
        i82077_wait(machine, controller, RESET_NS, reset_step);
    }
}

static void dor_write(struct machine *machine, struct i82077 *controller, uint32_t value)
{
    bool ran = (controller->dor & DOR_RUNS) != 0, runs = (value & DOR_RUNS) != 0;
    controller->dor = (uint8_t)value;
    for (uint32_t unit = 0; unit < UNITS; unit++) {
        floppy_drive_motor(machine, &controller->drives[unit],
                           (value & (uint32_t)DOR_MOTOR << unit) != 0);
    }
    if (ran != runs) {
        reset(machine, controller, !runs);
    }
    line_update(machine, controller);
}

static uint32_t msr_read(const struct i82077 *controller)
{
    if ((controller->dor & DOR_RUNS) == 0) {
        return 0;
    }
    if (controller->phase == PHASE_COMMAND) {
        return MSR_READY | controller->seeking | (controller->at > 0 ? MSR_BUSY : 0U);
    }
    return (controller->phase == PHASE_RESULT ? MSR_READY | MSR_OUT | MSR_BUSY : MSR_BUSY) |
           (uint32_t)controller->seeking;
}

static uint32_t dir_read(const struct i82077 *controller)
{
    uint32_t unit = controller->dor & 3;
    bool is_selected = (controller->dor & DOR_MOTOR << unit) != 0 && unit < UNITS &&
                       controller->drives[unit].is_there;
    return is_selected && controller->drives[unit].is_changed ? DIR_CHANGED : 0;
}

static uint32_t ports_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)width;
    struct i82077 *controller = device;
    switch (offset) {
    case SRA:
        return controller->asks ? 0x80 : 0;
    case SRB:
        return 0xc0 | (uint32_t)controller->dor >> 4;
    case DOR:
        return controller->dor;
    case TDR:
        return controller->tape;
    case MSR:
        return msr_read(controller);
    default:
        return fifo_read(machine, controller);
    }
}

static void ports_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                      uint32_t value)
{
    (void)width;
    struct i82077 *controller = device;
    if (offset == DOR) {
        dor_write(machine, controller, value);
    } else if (offset == TDR) {
        controller->tape = value & 3;
    } else if (offset == MSR) {
        controller->rate = value & DSR_RATE;
        if ((value & DSR_RESET) != 0 && (controller->dor & DOR_RUNS) != 0) {
            reset(machine, controller, false);
        }
    } else if (offset == FIFO && (controller->dor & DOR_RUNS) != 0) {
        fifo_write(machine, controller, value);
    }
}

static uint32_t last_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)machine;
    (void)offset;
    (void)width;
    return dir_read(device);
}

static void last_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    (void)machine;
    (void)offset;
    (void)width;
    struct i82077 *controller = device;
    controller->rate = value & DSR_RATE;
}

/* ---- Power-on -------------------------------------------------------------------------------- */

struct i82077 *i82077_create(struct machine *machine)
{
    struct i82077 *controller = calloc(1, sizeof *controller);
    if (controller == NULL) {
        return NULL;
    }
    machine->floppy = controller;
    controller->timed.fire = controller_fire;
    controller->master.name = "the floppy controller";
    controller->rate = 2;
    controller->configure = 0x20;
    controller->ports = (struct bus_range){
        .first = FIRST_PORT, .count = 6, .device = controller, .in = ports_in, .out = ports_out};
    controller->last_port = (struct bus_range){
        .first = LAST_PORT, .count = 1, .device = controller, .in = last_in, .out = last_out};
    bus_attach(machine, &controller->ports);
    bus_attach(machine, &controller->last_port);
    for (uint32_t unit = 0; unit < UNITS; unit++) {
        floppy_drive_create(machine, &controller->drives[unit], unit);
    }
    return controller;
}

void i82077_destroy(struct i82077 *controller)
{
    free(controller);
}
