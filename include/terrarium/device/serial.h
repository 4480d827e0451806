/* SPDX-License-Identifier: MIT */
#pragma once

/* A serial line: bytes both ways. See device.h for the form of its messages. Received bytes are
 * kept while nobody reads them, TR_SERIAL_KEPT at most; further ones are lost and counted. */

#include <terrarium/device/device.h>

enum tr_serial_operation {
#define TR_SERIAL_OPERATION(name, number, rights, meaning) TR_SERIAL_##name = (number),
#include <terrarium/device/serial.def>
#undef TR_SERIAL_OPERATION
};

#define TR_SERIAL_DEVICE "serial\\1" /* the second line; the first is the console's */
#define TR_SERIAL_KEPT   4096

struct tr_serial_stream {
    struct tr_device_member out, in; /* the client writes to `out` and reads from `in` */
};

struct tr_serial_information {
    struct tr_device_information device;
    uint64_t baud, bits, parity, stop_bits;
    uint64_t sent, received; /* bytes since the driver started */
    uint64_t lost;           /* received, but there was no room */
    uint64_t errors;         /* of parity, framing, overrun, breaks */
};
