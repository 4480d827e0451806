/* SPDX-License-Identifier: MIT */
/* Checked access of devices to memory.
 *
 * SIM: a PC lets bus masters reach everything; this machine has what an IOMMU would give it. */

#include "dma.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "machine.h"

static bool is_allowed(const struct machine *machine, uint64_t physical, uint64_t size)
{
    uint64_t frame = physical / PAGE;
    if (size == 0) {
        return true;
    }
    if (machine->dma_frames == NULL || physical + size < physical) {
        return false;
    }
    for (uint64_t last = (physical + size - 1) / PAGE; frame <= last; frame++) {
        if (frame < LOW_FRAMES || frame >= machine->frames ||
            (machine->dma_frames[frame / 64] >> (frame % 64) & 1) == 0) {
            return false;
        }
    }
    return true;
}

static bool refuse(struct machine *machine, struct dma_master *master, uint64_t physical,
                   uint64_t size, const char *what)
{
    char text[MACHINE_NOTICE_SIZE];
    master->refused++;
    if (!master->warned) {
        master->warned = true;
        snprintf(text, sizeof text,
                 "%s may not %s %" PRIu64 " bytes at physical address 0x%" PRIx64 ": refused",
                 master->name, what, size, physical);
        host_warn(machine, "%s", text);
        machine_notice(machine, text);
    }
    return false;
}

bool dma_read(struct machine *machine, struct dma_master *master, uint64_t physical, void *bytes,
              uint64_t size)
{
    if (!is_allowed(machine, physical, size)) {
        memset(bytes, 0xff, size);
        return refuse(machine, master, physical, size, "read");
    }
    memcpy(bytes, machine->ram + physical, size);
    return true;
}

bool dma_write(struct machine *machine, struct dma_master *master, uint64_t physical,
               const void *bytes, uint64_t size)
{
    if (!is_allowed(machine, physical, size)) {
        return refuse(machine, master, physical, size, "write");
    }
    memcpy(machine->ram + physical, bytes, size);
    return true;
}
