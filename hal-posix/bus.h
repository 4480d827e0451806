/* SPDX-License-Identifier: MIT */
#pragma once

/* The port bus: which device answers on which ports. A range belongs to its device, which embeds
 * it and keeps it while it is attached; ranges come and go at run time (PCI base addresses). */

#include <stdint.h>

struct machine;

#define BUS_PORTS UINT32_C(0x10000)

enum bus_width { BUS_BYTE = 1, BUS_WORD = 2, BUS_LONG = 4 };

/* A device's ports. in and out get the offset from `first` and the width, which is 1 unless
 * `widths` says that the device takes more. */
struct bus_range {
    uint32_t first, count;
    uint32_t widths; /* wide accesses that the device takes itself: BUS_WORD | BUS_LONG */
    void *device;
    uint32_t (*in)(struct machine *machine, void *device, uint32_t offset, uint32_t width);
    void (*out)(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                uint32_t value);
    struct bus_range *next; /* the bus's */
};

struct bus {
    struct bus_range **pages[BUS_PORTS / 256]; /* by port; a page is made when first needed */
    struct bus_range *ranges;                  /* the oldest first */
};

/* Puts a range on the bus. Where ranges overlap, the one that was attached first answers. An access
 * goes whole to the range of its first port if that takes the width; else it becomes two of half
 * the width, at successive ports. */
void bus_attach(struct machine *machine, struct bus_range *range);
/* Takes it off. One that is not attached may be given. */
void bus_detach(struct machine *machine, struct bus_range *range);
void bus_destroy(struct machine *machine);
