/* SPDX-License-Identifier: MIT */
#pragma once

/* From scan codes (set 1) to events: which key, pressed, repeated or released, with which
 * modifiers, and the character it writes. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/device/input.h>

#include "layout.h"

struct keys {
    const struct layout *layout;
    uint32_t locks;        /* TR_INPUT_LOCK_* in force */
    uint8_t prefix;        /* 0, e0 or e1 */
    uint8_t skip;          /* bytes left of the pause key's sequence */
    uint8_t held[256 / 8]; /* a bit a key that is down */
};

/* Takes a byte. True: it makes an event, all but its time filled. */
bool keys_take(struct keys *keys, uint8_t byte, struct tr_input_event *event);

/* Modifiers held and locks in force, TR_INPUT_*. */
uint32_t keys_modifiers(const struct keys *keys);
