/* SPDX-License-Identifier: MIT */
#pragma once

/* The interrupt controller: sixteen edge-triggered lines with a mask, and one remembered edge each.
 *
 * SIM: a PC has two 8259 that are programmed by ports; here the kernel's two hal_irq calls are the
 * whole interface, and taking an interrupt is its acknowledgement. */

#include "hal-posix/machine.h"

struct pic *pic_create(void);
void pic_destroy(struct pic *pic);

/* An edge on a line. */
void pic_raise(struct machine *machine, uint32_t line);
/* The line of highest priority that asks and is not masked; forgets its edge. */
bool pic_take(struct machine *machine, uint32_t *line);
