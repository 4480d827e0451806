/* SPDX-License-Identifier: MIT */
/* The pair of controllers as a PC wires it. */

#include "pic.h"

#include <stdlib.h>

#include "i8259.h"

#define CASCADE      2
#define BASE         0x20
#define PCI_TRIGGERS 0x0e    /* lines 9, 10, 11: of the second chip 1, 2, 3 */
#define NEVER_LEVEL  0x2107U /* lines 0, 1, 2, 8 and 13 have edges only */

enum { FIRST, SECOND };

struct pic {
    struct i8259 chips[2]; /* one after the other */
    struct bus_range ports[2], triggers;
    bool warned;
};

static void pic_ask(struct machine *machine)
{
    struct pic *pic = machine->pic;
    i8259_input(&pic->chips[FIRST], CASCADE, i8259_output(&pic->chips[SECOND]));
    if (i8259_output(&pic->chips[FIRST])) {
        machine->gate.attention = 1;
    }
}

/* Where a line goes in; NULL: nowhere. */
static struct i8259 *chip_of(struct machine *machine, uint32_t line)
{
    return line < HAL_IRQ_LINES && line != CASCADE ? &machine->pic->chips[line / 8] : NULL;
}

void pic_raise(struct machine *machine, uint32_t line)
{
    struct i8259 *chip = chip_of(machine, line);
    if (chip != NULL) {
        machine->statistics.raised[line]++;
        chip->latch |= (uint8_t)(1U << line % 8);
        pic_ask(machine);
    }
}

void line_set(struct machine *machine, uint32_t line, bool level)
{
    struct i8259 *chip = chip_of(machine, line);
    if (chip != NULL && level != ((chip->level >> line % 8 & 1) != 0)) {
        machine->statistics.raised[line] += level ? 1 : 0;
        i8259_input(chip, line % 8, level);
        pic_ask(machine);
    }
}

void pic_stick(struct machine *machine, uint32_t line, bool is_stuck)
{
    struct i8259 *chip = chip_of(machine, line);
    if (chip != NULL) {
        uint32_t bit = 1U << line % 8;
        chip->stuck = (uint8_t)(is_stuck ? chip->stuck | bit : chip->stuck & ~bit);
        pic_ask(machine);
    }
}

void pic_glitch(struct machine *machine, uint32_t line)
{
    struct i8259 *chip = chip_of(machine, line);
    if (chip != NULL && (chip->mask & (1U << line % 8)) == 0) {
        chip->glitched = true;
        pic_ask(machine);
    }
}

bool pic_take(struct machine *machine, uint32_t *line)
{
    struct i8259 *chips = machine->pic->chips;
    if (!i8259_output(&chips[FIRST])) {
        return false;
    }
    *line = i8259_acknowledge(&chips[FIRST]);
    if (*line == CASCADE) {
        *line = 8 + i8259_acknowledge(&chips[SECOND]);
    }
    machine->statistics.taken[*line]++;
    pic_ask(machine);
    return true;
}

void hal_irq_mask(struct machine *machine, uint32_t line, bool masked)
{
    struct i8259 *chip = chip_of(machine, line);
    if (chip != NULL) {
        uint32_t bit = 1U << line % 8;
        chip->mask = (uint8_t)(masked ? chip->mask | bit : chip->mask & ~bit);
        pic_ask(machine);
    }
}

static uint32_t chip_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)width;
    uint32_t value = i8259_read(device, offset);
    pic_ask(machine);
    return value;
}

static bool is_forbidden(struct machine *machine, uint32_t offset, uint32_t value)
{
    bool selects = offset == 0 && (value & 0x1c) == 8 && (value & 0x60) == 0;
    if (machine->kernel == NULL || selects) {
        return false;
    }
    if (!machine->pic->warned) {
        static const char text[] = "a driver writes to the interrupt controller: ignored";
        machine->pic->warned = true;
        host_warn(machine, text);
        machine_notice(machine, text);
    }
    return true;
}

static void chip_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    (void)width;
    if (!is_forbidden(machine, offset, value)) {
        i8259_write(device, offset, (uint8_t)value);
        pic_ask(machine);
    }
}

static uint32_t triggers_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)machine, (void)width;
    return ((struct pic *)device)->chips[offset].triggers;
}

static void triggers_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                         uint32_t value)
{
    (void)width;
    if (!is_forbidden(machine, 1, value)) {
        ((struct pic *)device)->chips[offset].triggers =
            (uint8_t)(value & ~(NEVER_LEVEL >> (8 * offset)));
        pic_ask(machine);
    }
}

/* What firmware and the machine do at power-on. */
static void program(struct i8259 *chip, uint8_t base, uint8_t cascade)
{
    const uint8_t words[] = {base, cascade, 3, 0xff};
    i8259_write(chip, 0, 0x11);
    for (uint32_t i = 0; i < sizeof words; i++) {
        i8259_write(chip, 1, words[i]);
    }
}

struct pic *pic_create(struct machine *machine)
{
    struct pic *pic = calloc(1, sizeof *pic);
    if (pic == NULL) {
        return NULL;
    }
    pic->chips[FIRST].slaves = 1U << CASCADE;
    pic->chips[SECOND].triggers = PCI_TRIGGERS;
    program(&pic->chips[FIRST], BASE, 1U << CASCADE);
    program(&pic->chips[SECOND], BASE + 8, CASCADE);
    pic->chips[FIRST].mask = (uint8_t) ~(1U << CASCADE);
    for (uint32_t i = 0; i < 2; i++) {
        pic->ports[i] = (struct bus_range){.first = i == FIRST ? 0x20 : 0xa0,
                                           .count = 2,
                                           .device = &pic->chips[i],
                                           .in = chip_in,
                                           .out = chip_out};
        bus_attach(machine, &pic->ports[i]);
    }
    pic->triggers = (struct bus_range){
        .first = 0x4d0, .count = 2, .device = pic, .in = triggers_in, .out = triggers_out};
    bus_attach(machine, &pic->triggers);
    return pic;
}

void pic_destroy(struct pic *pic)
{
    free(pic);
}
