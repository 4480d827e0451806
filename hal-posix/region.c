/* SPDX-License-Identifier: MIT */
/* Regions of device memory, each a memory file of its own so that windows can map it. */

#include "region.h"

#include <sys/mman.h>
#include <unistd.h>

#include "machine.h"
#include "window.h"

bool region_create(struct machine *machine, struct region *region, uint64_t pages)
{
    void *view = MAP_FAILED;
    *region = (struct region){.pages = pages};
    region->file = memfd_create("terrarium-device", MFD_CLOEXEC);
    if (region->file >= 0 && ftruncate(region->file, (off_t)(pages * PAGE)) == 0) {
        view = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, region->file, 0);
    }
    if (view == MAP_FAILED) {
        if (region->file >= 0) {
            close(region->file);
        }
        return false;
    }
    region->view = view;
    region->next = machine->regions;
    machine->regions = region;
    return true;
}

void region_destroy(struct machine *machine, struct region *region)
{
    struct region **link = &machine->regions;
    if (region->view == NULL) {
        return;
    }
    while (*link != region) {
        link = &(*link)->next;
    }
    *link = region->next;
    munmap(region->view, region->pages * PAGE);
    close(region->file);
    region->view = NULL;
}

static bool is_free(const struct machine *machine, uint64_t frame, uint64_t pages)
{
    if (frame < machine->frames || frame < LOW_FRAMES || frame + pages < frame) {
        return false;
    }
    for (const struct region *other = machine->regions; other != NULL; other = other->next) {
        if (other->frame != 0 && frame < other->frame + other->pages &&
            other->frame < frame + pages) {
            return false;
        }
    }
    return true;
}

bool region_place(struct machine *machine, struct region *region, uint64_t frame)
{
    if (frame == region->frame) {
        return true;
    }
    if (region->frame != 0) {
        tlb_forget(machine);
    }
    region->frame = 0;
    if (frame == 0) {
        return true;
    }
    if (!is_free(machine, frame, region->pages)) {
        return false;
    }
    region->frame = frame;
    return true;
}

const struct region *region_find(const struct machine *machine, uint64_t frame, uint64_t pages)
{
    for (const struct region *region = machine->regions; region != NULL; region = region->next) {
        if (region->frame != 0 && frame >= region->frame && pages <= region->pages &&
            frame - region->frame <= region->pages - pages) {
            return region;
        }
    }
    return NULL;
}

uint8_t *region_low(struct machine *machine, uint64_t physical)
{
    return machine->ram + physical;
}
