/* SPDX-License-Identifier: MIT */
#pragma once

/* Device memory: frames that are neither RAM nor the first megabyte, such as a frame buffer behind
 * a PCI base address. A model makes one, draws into its view, and gives it an address (or takes it
 * away) when its base address is written. hal_device_memory finds it, processes map it like RAM.
 * The first megabyte (0xa0000 VGA, 0xc0000 its BIOS) is there from the start: region_low. */

#include <stdbool.h>
#include <stdint.h>

struct machine;

struct region {
    uint64_t frame, pages; /* frame 0: not on the bus */
    uint8_t *view;
    int file;
    struct region *next;
};

/* Makes the region's memory, zeroed, not on the bus yet. False: the host has none (errno). */
bool region_create(struct machine *machine, struct region *region, uint64_t pages);
void region_destroy(struct machine *machine, struct region *region);

/* Lets the region answer at a frame, 0: nowhere. False, and nowhere: RAM, the first megabyte or
 * another region lies there. */
bool region_place(struct machine *machine, struct region *region, uint64_t frame);

/* The region that holds all of these frames, NULL: none. */
const struct region *region_find(const struct machine *machine, uint64_t frame, uint64_t pages);

/* The first megabyte from an address below it on. */
uint8_t *region_low(struct machine *machine, uint64_t physical);
