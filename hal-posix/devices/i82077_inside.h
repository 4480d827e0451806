/* SPDX-License-Identifier: MIT */
#pragma once

/* What the two halves of the floppy controller share: i82077.c has the phases, seeks and ports,
 * i82077_transfer.c what moves sectors. */

#include "dma8237.h"
#include "floppy_drive.h"
#include "i82077.h"

#define UNITS      2
#define COMMAND_NS UINT64_C(20000)

enum {
    ST0_ABNORMAL = 0x40,
    ST0_INVALID = 0x80,
    ST0_READY = 0xc0,
    ST0_SEEK = 0x20,
    ST0_CHECK = 0x10
};
enum { ST1_END = 0x80, ST1_DATA = 0x20, ST1_OVERRUN = 0x10, ST1_NOT_FOUND = 4, ST1_PROTECTED = 2 };
enum { ST1_NO_MARK = 1, ST2_DATA = 0x20, ST2_WRONG_CYLINDER = 0x10, ST2_BAD_CYLINDER = 2 };
enum { MULTI_TRACK = 0x80, MFM = 0x40, CODE = 0x1f, IMPLIED_SEEK = 0x40, NO_POLLING = 0x10 };
enum { READ = 6, WRITE = 5, READ_ID = 10, FORMAT = 13 };
enum { I82077_GATE = 8 }; /* of the digital output register: interrupts and DMA */

enum phase { PHASE_COMMAND, PHASE_EXECUTE, PHASE_RESULT };

/* A drive's heads on their way. */
struct i82077_seek {
    struct timed timed; /* first: fire gets it */
    struct i82077 *controller;
    uint32_t unit, target;
    uint32_t steps; /* that a RECALIBRATE may still take */
};

struct i82077 {
    struct timed timed; /* first: fire gets it */
    struct bus_range ports, last_port;
    struct dma_master master;
    struct floppy_drive drives[UNITS];
    void (*step)(struct machine *machine, struct i82077 *controller);

    uint8_t dor, rate, tape;
    enum phase phase;
    uint8_t bytes[16]; /* command or result */
    uint32_t at, size;
    bool asks; /* the interrupt, before the gate */

    uint8_t pending[4]; /* drives that SENSE INTERRUPT has to tell of: their ST0, 0 none */
    uint8_t seeking;    /* bits of the status register */
    uint8_t present[4]; /* cylinder numbers, as the controller believes */
    struct i82077_seek seeks[4];

    uint8_t specify[2], configure, precompensation, last_sector;
    bool is_locked, is_perpendicular;
    uint8_t buffer[FLOPPY_SECTOR];
};

/* What the interrupt output wants, before the gate. */
void i82077_ask(struct machine *machine, struct i82077 *controller, bool asks);
/* The command goes on after a while. */
void i82077_wait(struct machine *machine, struct i82077 *controller, uint64_t ns,
                 void (*step)(struct machine *machine, struct i82077 *controller));
void i82077_idle(struct i82077 *controller);
/* The result phase. */
void i82077_result(struct i82077 *controller, const uint8_t *bytes, uint32_t size);
/* The drive of the command, NULL if there is none. */
uint32_t i82077_unit(const struct i82077 *controller);
struct floppy_drive *i82077_drive(struct i82077 *controller);
uint64_t i82077_step_ns(const struct i82077 *controller);

/* Commands whose bytes have come. */
void i82077_transfer_begin(struct machine *machine, struct i82077 *controller);
void i82077_format_begin(struct machine *machine, struct i82077 *controller);
void i82077_read_id_step(struct machine *machine, struct i82077 *controller);
