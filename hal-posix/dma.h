/* SPDX-License-Identifier: MIT */
#pragma once

/* How device models reach memory. Only frames that the kernel has opened with hal_dma_allow answer;
 * anything else is refused as a whole: nothing is written, all bits read as one, the host is warned
 * once per device, and the kernel's log gets a record (interface.md 10). */

#include <stdbool.h>
#include <stdint.h>

struct machine;

/* Who asks: a device that can be a bus master; embedded in it. */
struct dma_master {
    const char *name; /* for the warning: "the disk controller" */
    bool warned;
    uint64_t refused; /* how often */
};

/* Copies between the device and physical memory. False: refused. */
bool dma_read(struct machine *machine, struct dma_master *master, uint64_t physical, void *bytes,
              uint64_t size);
bool dma_write(struct machine *machine, struct dma_master *master, uint64_t physical,
               const void *bytes, uint64_t size);
