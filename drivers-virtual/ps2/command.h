/* SPDX-License-Identifier: MIT */
#pragma once

/* Commands to a keyboard or a mouse on a PS/2 cable: every byte is acknowledged before the next one
 * is sent, asked for again, or not answered at all. Both drivers use it. Nothing here waits: bytes
 * and a timer push it on.
 *
 *   idle ── start ──> sent ── acknowledged, more bytes ──> sent
 *                      │ ├── acknowledged, the last, and all answer bytes ──> idle, done(0)
 *                      │ └── asked for again ──> sent; too often ──> idle, done(TIMEDOUT)
 *                      ├── no answer in time, with patience left ──> sent, from the first byte
 *                      └── no answer in time ──> idle, done(TIMEDOUT) */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PS2_BYTES_MOST   16
#define PS2_ANSWERS_MOST 4
#define PS2_TIMER        1 /* the cookie of the timer it sets */
#define PS2_PATIENCE     9 /* with it a device that is testing itself is waited for: a second */

enum ps2_byte {
    PS2_ECHO = 0xee, /* a keyboard's: sent, it comes back; what comes before it is older */
    PS2_ACKNOWLEDGED = 0xfa,
    PS2_AGAIN = 0xfe
};

struct ps2_command {
    void (*send)(uint8_t byte);
    uint8_t bytes[PS2_BYTES_MOST], answers[PS2_ANSWERS_MOST];
    size_t count, at, answer_count, answers_wanted;
    unsigned tries;
    unsigned patience; /* how often it begins anew; 0 after ps2_start, then its caller's to set */
    bool is_active;
    void (*done)(int64_t result); /* may start the next one */
};

/* Sends bytes; `answers` bytes are to come after the last acknowledgement. Not while one is active.
 */
void ps2_start(struct ps2_command *command, const uint8_t *bytes, size_t count, size_t answers,
               void (*done)(int64_t result));

/* A byte has come. True: it was part of the command. */
bool ps2_take(struct ps2_command *command, uint8_t byte);

/* The timer has run out. */
void ps2_timeout(struct ps2_command *command);
