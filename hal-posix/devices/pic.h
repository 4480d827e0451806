/* SPDX-License-Identifier: MIT */
#pragma once

/* The interrupt controller: sixteen lines with a mask. A device either raises a line for a moment
 * (an edge) or holds it (a level).
 *
 * SIM: a PC has two 8259 that are programmed by ports; here the kernel's two hal_irq calls are the
 * whole interface, and taking an interrupt is its acknowledgement. */

#include "hal-posix/machine.h"

struct pic *pic_create(void);
void pic_destroy(struct pic *pic);

/* An edge on a line: it is remembered, masked or not, until it is taken. */
void pic_raise(struct machine *machine, uint32_t line);
/* The level of a line, by the one device that drives it. The rise is an edge. A line that is level
 * triggered (the PCI lines) asks as long as it is high: again after it was taken. */
void line_set(struct machine *machine, uint32_t line, bool level);
/* Disturbances: a line that asks for ever, and one that asked and no longer knows why. */
void pic_stick(struct machine *machine, uint32_t line, bool is_stuck);
void pic_glitch(struct machine *machine, uint32_t line);
/* The line of highest priority that asks and is not masked; forgets its edge. */
bool pic_take(struct machine *machine, uint32_t *line);
