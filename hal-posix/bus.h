/* SPDX-License-Identifier: MIT */
#pragma once

/* The port bus: which device answers on which ports. */

#include <stdint.h>

struct machine;

#define BUS_RANGES 16

/* A device's ports. in and out get the offset from `first`. */
struct bus_range {
    uint32_t first, count;
    void *device;
    uint32_t (*in)(struct machine *machine, void *device, uint32_t offset);
    void (*out)(struct machine *machine, void *device, uint32_t offset, uint32_t value);
};

/* Puts a device on the bus. The devices here are eight bits wide: wider accesses become several. */
void bus_attach(struct machine *machine, const struct bus_range *range);
