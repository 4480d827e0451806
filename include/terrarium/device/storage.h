/* SPDX-License-Identifier: MIT */
#pragma once

/* Storage: numbered sectors of equal size. See device.h for the form of its messages.
 *
 * A read or write is done whole or fails whole as far as the answer goes: after an error a write
 * may have changed sectors of its range, each of them old or new, never a mixture. Errors besides
 * the common ones: STATE no medium; BUSY the medium was changed since this client opened or last
 * asked for MEDIA, nothing was done, ask for MEDIA and try again; FAULT a bad sector; PERM the
 * medium is write protected; INVAL beyond the end, or no sectors. */

#include <terrarium/device/device.h>

enum tr_storage_operation {
#define TR_STORAGE_OPERATION(name, number, rights, meaning) TR_STORAGE_##name = (number),
#include <terrarium/device/storage.def>
#undef TR_STORAGE_OPERATION
};

/* Result bits of MEDIA, flags of the information. */
#define TR_STORAGE_PRESENT   UINT32_C(1) /* there is a medium */
#define TR_STORAGE_READ_ONLY UINT32_C(2) /* it cannot be written */
#define TR_STORAGE_REMOVABLE UINT32_C(4) /* it can be changed */
#define TR_STORAGE_CHANGED   UINT32_C(8) /* it was, since this client last asked */

/* Most sectors of one request with shared memory: a driver that takes fewer says so. */
struct tr_storage_information {
    struct tr_device_information device;      /* flags: TR_STORAGE_* */
    uint64_t sectors;                         /* 0: no medium */
    uint64_t sector_size;                     /* bytes */
    uint64_t sectors_most;                    /* in one request */
    uint64_t cylinders, heads, track_sectors; /* 0: it has none */
};
