/* SPDX-License-Identifier: MIT */
#pragma once

/* The interrupt controllers of a PC: two 8259A on ports 0x20 and 0xa0, the second on input 2 of the
 * first, and the register that makes lines level triggered, 0x4d0. Lines are 0 to 15; line 2 is the
 * cascade and cannot be raised.
 *
 * The machine programs the pair at power-on: vectors from 0x20, automatic end of interrupt, all
 * masked; hal_irq_mask is the mask register, taking an interrupt is the acknowledge cycle. When a
 * kernel runs the machine the pair belongs to it: whoever else writes to its ports is ignored and
 * warned of, but for what selects the register to read (OCW3). */

#include "hal-posix/machine.h"

struct pic *pic_create(struct machine *machine);
void pic_destroy(struct pic *pic);

/* An edge on a line: it is remembered, masked or not, until it is taken. */
void pic_raise(struct machine *machine, uint32_t line);
/* The level of a line, by the one device that drives it. The rise is an edge. A line that is level
 * triggered (9, 10 and 11, the PCI lines) asks as long as it is high: again after it was taken. */
void line_set(struct machine *machine, uint32_t line, bool level);
/* Disturbances: a line that asks for ever, and one that asks and falls before it is looked at: then
 * line 7 or 15 is taken, without a request. */
void pic_stick(struct machine *machine, uint32_t line, bool is_stuck);
void pic_glitch(struct machine *machine, uint32_t line);

/* The acknowledge cycle: which line interrupts. False: none. */
bool pic_take(struct machine *machine, uint32_t *line);
