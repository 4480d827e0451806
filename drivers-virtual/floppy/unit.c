/* SPDX-License-Identifier: MIT */
/* Getting a drive ready:
 *
 *   motor ──> change line ── as before, format known ─────────────────────────────────> ready
 *                 └─ changed ──> heads to 0, to 1 (a step ends the change line if there is a
 * floppy) ├─ still changed ──> no floppy └─ heads to 0, an address mark at each rate, the last
 * sector of each format of that rate, for 250 kbit/s a track past 40 ──> ready
 */

#include "unit.h"

#include <stddef.h>
#include <terrarium.h>

#define SPIN_UP_NS UINT64_C(500000000)
#define SETTLE_NS  UINT64_C(15000000)

/* Tried in this order; of one rate, the most sectors first. */
static const struct format formats[] = {
    {80, 21, 0}, {80, 18, 0}, {80, 15, 0}, {80, 9, 2}, {80, 36, 3}};
#define FORMATS (sizeof formats / sizeof formats[0])

static struct {
    struct unit *unit;
    void (*then)(int64_t result);
    size_t format; /* being tried */
    uint32_t seek_target;
    void (*seek_then)(bool is_there);
} work;

/* ---- Heads ----------------------------------------------------------------------------------- */

static void settled(void)
{
    work.seek_then(true);
}

static void seek_done(bool is_done)
{
    if (!is_done || (controller_result.st0 & ST0_ABNORMAL) != 0) {
        work.unit->cylinder = UNIT_LOST;
        work.seek_then(false);
        return;
    }
    work.unit->cylinder = controller_result.cylinder;
    controller_pause(SETTLE_NS, settled);
}

static void recalibrated(bool is_done)
{
    if (!is_done || (controller_result.st0 & (ST0_ABNORMAL | ST0_CHECK)) != 0) {
        work.seek_then(false);
    } else if (work.seek_target == 0) {
        seek_done(true);
    } else {
        controller_seek(work.unit->number, work.seek_target, seek_done);
    }
}

void unit_seek(struct unit *unit, uint32_t cylinder, void (*then)(bool is_there))
{
    work.unit = unit;
    work.seek_target = cylinder;
    work.seek_then = then;
    if (unit->cylinder == cylinder) {
        then(true);
    } else if (unit->cylinder == UNIT_LOST) {
        controller_recalibrate(unit->number, recalibrated);
    } else {
        controller_seek(unit->number, cylinder, seek_done);
    }
}

/* ---- The format ------------------------------------------------------------------------------ */

static void finish(int64_t result)
{
    work.then(result);
}

static void unreadable(void)
{
    tru_driver_say("floppy: drive %u: a floppy of no known format", (unsigned)work.unit->number);
    finish(TR_E_FAULT);
}

static void format_is(const struct format *format)
{
    work.unit->format = *format;
    finish(0);
}

static bool is_good(bool is_done)
{
    return is_done && (controller_result.st0 & ST0_ABNORMAL) == 0;
}

static void id_read(bool is_done);

static void format_try(void)
{
    if (work.format == FORMATS) {
        unreadable();
        return;
    }
    controller_rate(formats[work.format].rate);
    controller_read_id(work.unit->number, id_read);
}

static void far_id_read(bool is_done)
{
    struct format format = formats[work.format];

    format.cylinders = is_good(is_done) ? 80 : 40;
    format_is(&format);
}

static void far_reached(bool is_there)
{
    if (is_there) {
        controller_read_id(work.unit->number, far_id_read);
    } else {
        unreadable();
    }
}

static void last_read(bool is_done)
{
    uint32_t rate = formats[work.format].rate;

    /* A sector that is there but bad is there. */
    if (is_good(is_done) || (is_done && (controller_result.st1 & ST1_DATA) != 0)) {
        if (rate == 2) {
            unit_seek(work.unit, 41, far_reached);
        } else {
            format_is(&formats[work.format]);
        }
        return;
    }
    work.format++;
    format_try();
}

static void id_read(bool is_done)
{
    const struct format *format = &formats[work.format];

    if (!is_good(is_done)) {
        uint32_t rate = format->rate;
        while (work.format < FORMATS && formats[work.format].rate == rate) {
            work.format++;
        }
        format_try();
        return;
    }
    const struct controller_transfer transfer = {.code = READ_ONE,
                                                 .unit = work.unit->number,
                                                 .sector = format->track_sectors,
                                                 .last = format->track_sectors,
                                                 .count = 1};
    controller_move(&transfer, last_read);
}

/* ---- The change line ------------------------------------------------------------------------- */

static void at_start(bool is_there)
{
    if (!is_there) {
        finish(TR_E_FAULT);
        return;
    }
    work.format = 0;
    format_try();
}

static void medium_gone(void)
{
    struct unit *unit = work.unit;

    if (unit->has_medium) {
        unit->has_medium = false;
        media_change(&unit->media);
    }
    finish(TR_E_STATE);
}

static void stepped(bool is_there)
{
    struct unit *unit = work.unit;

    if (!is_there || controller_is_changed(unit->number)) {
        medium_gone();
        return;
    }
    unit->has_medium = true;
    unit->format = (struct format){0};
    media_change(&unit->media);
    unit_seek(unit, 0, at_start);
}

static void at_zero(bool is_there)
{
    if (is_there) {
        unit_seek(work.unit, 1, stepped);
    } else {
        medium_gone();
    }
}

static void spun_up(void)
{
    struct unit *unit = work.unit;

    if (controller_is_changed(unit->number)) {
        unit->cylinder = UNIT_LOST;
        unit_seek(unit, 0, at_zero);
    } else if (unit->format.track_sectors == 0) {
        unit->has_medium = true;
        unit_seek(unit, 0, at_start);
    } else {
        controller_rate(unit->format.rate);
        finish(0);
    }
}

void unit_prepare(struct unit *unit, void (*then)(int64_t result))
{
    work.unit = unit;
    work.then = then;
    if (unit->motor) {
        controller_motor(unit->number, true);
        spun_up();
        return;
    }
    unit->motor = true;
    controller_motor(unit->number, true);
    controller_pause(SPIN_UP_NS, spun_up);
}

uint64_t unit_sectors(const struct unit *unit)
{
    return (uint64_t)unit->format.cylinders * UNIT_HEADS * unit->format.track_sectors;
}
