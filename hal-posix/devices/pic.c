/* SPDX-License-Identifier: MIT */
/* The interrupt controller. Priorities are those of the cascaded pair of a PC: 0, 1, 8–15, 3–7. */

#include "pic.h"

#include <stdlib.h>

/* The lines of the PCI slots, as firmware sets them. */
#define LEVEL_LINES (1U << 9 | 1U << 10 | 1U << 11)

struct pic {
    uint32_t requests; /* a bit per line: an edge that was not taken yet */
    uint32_t levels;   /* the inputs */
    uint32_t triggers; /* lines whose level asks, not only its rise */
    uint32_t stuck;    /* disturbed: ask always */
    uint32_t masks;
};

struct pic *pic_create(void)
{
    struct pic *pic = calloc(1, sizeof *pic);
    if (pic != NULL) {
        pic->masks = (1U << HAL_IRQ_LINES) - 1;
        pic->triggers = LEVEL_LINES;
    }
    return pic;
}

void pic_destroy(struct pic *pic)
{
    free(pic);
}

static uint32_t asking(const struct pic *pic)
{
    return (pic->requests | pic->stuck | (pic->levels & pic->triggers)) & ~pic->masks;
}

static void pic_ask(struct machine *machine)
{
    if (asking(machine->pic) != 0) {
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

void line_set(struct machine *machine, uint32_t line, bool level)
{
    struct pic *pic = machine->pic;
    uint32_t bit = line < HAL_IRQ_LINES ? 1U << line : 0;
    bool rises = level && (pic->levels & bit) == 0;
    pic->levels = level ? pic->levels | bit : pic->levels & ~bit;
    if (rises && (pic->triggers & bit) == 0) {
        pic->requests |= bit;
    }
    pic_ask(machine);
}

void pic_stick(struct machine *machine, uint32_t line, bool is_stuck)
{
    struct pic *pic = machine->pic;
    pic->stuck = is_stuck ? pic->stuck | 1U << line : pic->stuck & ~(1U << line);
    pic_ask(machine);
}

void pic_glitch(struct machine *machine, uint32_t line)
{
    pic_raise(machine, line < 8 ? 7 : 15);
}

bool pic_take(struct machine *machine, uint32_t *line)
{
    static const uint8_t order[HAL_IRQ_LINES] = {0,  1,  2,  8, 9, 10, 11, 12,
                                                 13, 14, 15, 3, 4, 5,  6,  7};
    uint32_t lines = asking(machine->pic);
    for (uint32_t i = 0; lines != 0 && i < HAL_IRQ_LINES; i++) {
        if ((lines & (1U << order[i])) != 0) {
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
