/* SPDX-License-Identifier: MIT */
#pragma once

/* The packets of a PS/2 mouse: three bytes, four with a wheel (IBM PS/2 mouse technical reference;
 * Microsoft IntelliMouse for the fourth). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <terrarium/device/input.h>

#define PACKET_EVENTS 4 /* a move and three buttons */

struct packet {
    size_t size; /* 3 or 4 */
    size_t count;
    uint8_t bytes[4];
    uint32_t buttons; /* held: 1 << code */
};

/* Takes a byte. How many events it completes; all but their time is filled. */
size_t packet_take(struct packet *packet, uint8_t byte,
                   struct tr_input_event events[PACKET_EVENTS]);
