/* SPDX-License-Identifier: MIT */
#pragma once

/* What is at an end of a PS/2 cable: bytes wait in the device until the controller takes them.
 * Answers to commands go before what the device has to tell by itself. */

#include <stdbool.h>
#include <stdint.h>

struct machine;

#define PS2_ANSWERS 8
#define PS2_EVENTS  16 /* as in a keyboard */

struct ps2 {
    uint8_t answers[PS2_ANSWERS], events[PS2_EVENTS];
    uint32_t answer_count, event_count;
    uint8_t last; /* sent last, for "resend" */
    void (*command)(struct machine *machine, struct ps2 *device, uint8_t byte);
};

enum { PS2_ACKNOWLEDGE = 0xfa, PS2_RESEND = 0xfe, PS2_PASSED = 0xaa };

bool ps2_has(const struct ps2 *device);
/* The next byte for the controller. */
uint8_t ps2_take(struct ps2 *device);
/* An answer to a command. */
void ps2_answer(struct machine *machine, struct ps2 *device, uint8_t byte);
/* Something to tell: all of these bytes, or false. */
bool ps2_tell(struct machine *machine, struct ps2 *device, const uint8_t *bytes, uint32_t count);
void ps2_forget_events(struct ps2 *device);
