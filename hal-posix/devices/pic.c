/* SPDX-License-Identifier: MIT */
/* The interrupt controller. Priorities are those of the cascaded pair of a PC: 0, 1, 8–15, 3–7. */

#include "pic.h"

#include <stdlib.h>

struct pic {
    uint32_t requests; /* a bit per line: an edge that was not taken yet */
    uint32_t masks;
};

struct pic *pic_create(void)
{
    struct pic *pic = calloc(1, sizeof *pic);
    if (pic != NULL) {
        pic->masks = (1U << HAL_IRQ_LINES) - 1;
    }
    return pic;
}

void pic_destroy(struct pic *pic)
{
    free(pic);
}

static void pic_ask(struct machine *machine)
{
    if ((machine->pic->requests & ~machine->pic->masks) != 0) {
        machine->gate.attention = 1;
    }
}

void pic_raise(struct machine *machine, uint32_t line)
{
    if (line < HAL_IRQ_LINES) {
        machine->pic->requests |= 1U << line;
        pic_ask(machine);
    }
}

bool pic_take(struct machine *machine, uint32_t *line)
{
    static const uint8_t order[HAL_IRQ_LINES] = {0,  1,  2,  8, 9, 10, 11, 12,
                                                 13, 14, 15, 3, 4, 5,  6,  7};
    uint32_t asking = machine->pic->requests & ~machine->pic->masks;
    for (uint32_t i = 0; asking != 0 && i < HAL_IRQ_LINES; i++) {
        if ((asking & (1U << order[i])) != 0) {
            *line = order[i];
            machine->pic->requests &= ~(1U << order[i]);
            return true;
        }
    }
    return false;
}

void hal_irq_mask(struct machine *machine, uint32_t line, bool masked)
{
    if (line >= HAL_IRQ_LINES) {
        return;
    }
    if (masked) {
        machine->pic->masks |= 1U << line;
    } else {
        machine->pic->masks &= ~(1U << line);
        pic_ask(machine);
    }
}
