/* SPDX-License-Identifier: MIT */
#pragma once

/* One 8259A interrupt controller (Intel data sheet 231468): registers and priorities, nothing of
 * the machine around it. Inputs are given as levels; an edge is latched until it is acknowledged.
 *
 * SIM: an edge stays latched if its input falls before the acknowledgement (the chip would forget
 * it and answer with level 7): the kernel's contract keeps one edge of a masked line. The call
 * instructions of 8080 mode and buffered mode are left out. */

#include <stdbool.h>
#include <stdint.h>

enum i8259_step { I8259_READY, I8259_ICW2, I8259_ICW3, I8259_ICW4 };

struct i8259 {
    uint8_t latch;    /* edges that were not acknowledged */
    uint8_t level;    /* the inputs */
    uint8_t triggers; /* inputs whose level asks (the board's ELCR register) */
    uint8_t stuck;    /* a fault: inputs that ask always */
    uint8_t service, mask;
    uint8_t base, cascade, icw1, icw4;
    uint8_t lowest;  /* the level of lowest priority */
    uint8_t slaves;  /* a master: inputs with a slave, which ask by level */
    bool is_special; /* special mask mode */
    bool rotates;    /* in automatic end-of-interrupt mode */
    bool reads_service, polls;
    bool glitched; /* an input asked and fell before it was acknowledged */
    enum i8259_step step;
};

void i8259_reset(struct i8259 *chip);
/* What the chip latches and holds as requests. */
uint8_t i8259_requests(const struct i8259 *chip);
/* The level of highest priority that may interrupt now, -1: none. */
int i8259_pending(const struct i8259 *chip);
/* The output to the processor or the master. */
bool i8259_output(const struct i8259 *chip);
/* The acknowledgement cycle: the level; 7 if none asks any more. */
uint32_t i8259_acknowledge(struct i8259 *chip);
void i8259_input(struct i8259 *chip, uint32_t level, bool high);
/* Ports 0 and 1 of the chip. */
uint8_t i8259_read(struct i8259 *chip, uint32_t port);
void i8259_write(struct i8259 *chip, uint32_t port, uint8_t value);
