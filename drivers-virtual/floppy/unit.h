/* SPDX-License-Identifier: MIT */
#pragma once

/* A floppy drive: getting it ready. That is: motor on, the change line looked at, a new floppy's
 * format found out. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/driver.h>

#include "controller.h"
#include "media.h"

struct format {
    uint32_t cylinders, track_sectors, rate;
};

struct unit {
    uint32_t number;
    struct tru_driver_device device;
    char name[TR_NAME_MAX];
    struct media media;
    bool is_there, has_medium, motor;
    uint32_t cylinder; /* of the heads; UNIT_LOST: not known */
    struct format format;
};
#define UNIT_LOST  UINT32_MAX
#define UNIT_HEADS 2

/* Calls `then` with 0 when the unit has a floppy whose format is known and its motor turns, with
 * TR_E_STATE if there is none, TR_E_FAULT if it cannot be made out. One unit at a time. */
void unit_prepare(struct unit *unit, void (*then)(int64_t result));

/* Heads to a cylinder, by way of cylinder 0 if they are lost. Then `then(true)`; false: not there.
 */
void unit_seek(struct unit *unit, uint32_t cylinder, void (*then)(bool is_there));

uint64_t unit_sectors(const struct unit *unit);
