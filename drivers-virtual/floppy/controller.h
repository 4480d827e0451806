/* SPDX-License-Identifier: MIT */
#pragma once

/* The floppy controller: one command at a time, its end told to a function. Nothing waits; what
 * does not end in time is given up and the controller reset. Data moves by DMA channel 2, which
 * another driver programs (d\dma). */

#include <stdbool.h>
#include <stdint.h>

#define CONTROLLER_UNITS  2
#define CONTROLLER_BUFFER 65536
#define CONTROLLER_SECTOR 512

enum { ST0_ABNORMAL = 0xc0, ST0_CHECK = 0x10 };
enum { ST1_DATA = 0x20, ST1_OVERRUN = 0x10, ST1_NOT_FOUND = 4, ST1_PROTECTED = 2, ST1_NO_MARK = 1 };
enum { READ_DATA = 0xe6, WRITE_DATA = 0xc5, READ_ID = 0x4a }; /* MFM; data on both heads */
enum { READ_ONE = 0x46 };                                     /* on one */

typedef void controller_done(bool is_done);

/* Bytes the last command that has a result left behind, and the cylinder after a seek. */
struct controller_result {
    uint8_t st0, st1, st2, cylinder, head, sector, size;
};
extern struct controller_result controller_result;
extern uint8_t *controller_buffer;

/* Claims ports, line and the DMA channel. *exists: there is such a controller. 0 or a TR_E_*. */
int64_t controller_open(bool *exists);

/* Each calls `done`: true if the controller has answered; what, is in controller_result. False: it
 * has not, and has been reset. */
void controller_reset(controller_done *done);
void controller_recalibrate(uint32_t unit, controller_done *done);
void controller_seek(uint32_t unit, uint32_t cylinder, controller_done *done);
void controller_read_id(uint32_t unit, controller_done *done);

/* Reads into, or writes from, the buffer. */
struct controller_transfer {
    uint8_t code;
    uint32_t unit, cylinder, head, sector, last, count; /* last: of a track */
};
void controller_move(const struct controller_transfer *transfer, controller_done *done);

void controller_rate(uint32_t rate);
void controller_motor(uint32_t unit, bool is_on);
/* The floppy was changed, or there is none; the motor is on. */
bool controller_is_changed(uint32_t unit);
bool controller_is_protected(uint32_t unit);

/* Calls `then` after a while: for heads that settle, motors that get up to speed. */
void controller_pause(uint64_t ns, void (*then)(void));
