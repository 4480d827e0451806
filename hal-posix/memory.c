/* SPDX-License-Identifier: MIT */
/* Physical memory: one memfd, mapped as a whole where the machine's C and the kernel see it. Frame
 * f lies at offset f * 4096. The first megabyte is device memory as on a PC.
 *
 * SIM: on hardware, the view is the kernel's direct map and device memory answers with devices. */

#include "machine.h"
#include "region.h"
#include "window.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* The stretch below the windows in which the view lies, and what stays free at its beginning. */
#define VIEWS_BEGIN UINT64_C(0x180040000000)
#define VIEWS_END   WINDOWS_BEGIN
#define VIEW_TRIES  16
#define RAM_DEFAULT (UINT64_C(64) << 20)
#define RAM_LEAST   (UINT64_C(2) << 20)
#define RAM_MOST    (UINT64_C(64) << 30)

static void *map_at(struct machine *machine, uint64_t size, uint64_t address)
{
    void *wanted = (void *)(uintptr_t)address;
    void *view = mmap(wanted, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE,
                      machine->ram_fd, 0);
    if (view != MAP_FAILED && view != wanted) { /* an old kernel, or Valgrind */
        munmap(view, size);
        return MAP_FAILED;
    }
    return view;
}

/* Programs could write into the view, so they are not to know where it lies: in another place in
 * each run, with nothing mapped around it. What writes upward from an address that is not its own
 * meets a page that is not there first. */
static uint8_t *map_view(struct machine *machine, uint64_t size)
{
    void *view = MAP_FAILED;
    for (int tries = 0; tries < VIEW_TRIES && view == MAP_FAILED; tries++) {
        uint64_t places = (VIEWS_END - VIEWS_BEGIN - size) / PAGE;
        uint64_t place = random_of_host() % places;
        view = map_at(machine, size, VIEWS_BEGIN + place * PAGE);
    }
    if (view == MAP_FAILED) {
        view = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, machine->ram_fd, 0);
    }
    return view == MAP_FAILED ? NULL : view;
}

/* A file beyond this limit would be a signal. */
static bool file_may_be(uint64_t size)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
           limit.rlim_cur >= size;
}

bool memory_create(struct machine *machine, char *error, size_t error_size)
{
    uint64_t size = machine->config.ram_bytes == 0 ? RAM_DEFAULT : machine->config.ram_bytes;
    if (size % PAGE != 0 || size < RAM_LEAST || size > RAM_MOST) {
        snprintf(error, error_size, "memory must be whole pages from 2 MiB to 64 GiB");
        return false;
    }
    if (!file_may_be(size)) {
        snprintf(error, error_size,
                 "files may not be as large as the memory, %" PRIu64
                 " bytes (ulimit -f); with less memory they need not be",
                 size);
        return false;
    }
    machine->ram_fd = memfd_create("terrarium-ram", MFD_CLOEXEC);
    if (machine->ram_fd < 0 || ftruncate(machine->ram_fd, (off_t)size) != 0) {
        snprintf(error, error_size, "the host gives no memory file: %s", strerror(errno));
        return false;
    }
    machine->frames = size / PAGE;
    machine->ram = map_view(machine, size);
    if (machine->ram == NULL) {
        snprintf(error, error_size, "the host does not map the memory: %s", strerror(errno));
        return false;
    }
    return true;
}

void memory_destroy(struct machine *machine)
{
    if (machine->ram != NULL) {
        munmap(machine->ram, machine->frames * PAGE);
    }
    if (machine->ram_fd >= 0) {
        close(machine->ram_fd);
    }
    free(machine->dma_frames);
}

bool memory_user_copy(struct machine *machine, struct hal_space *space, uint64_t va, void *bytes,
                      uint64_t size, uint32_t access)
{
    for (uint64_t done = 0; done < size;) {
        struct hal_mapping mapping;
        uint64_t at = va + done, in_page = at % PAGE;
        uint64_t part = PAGE - in_page < size - done ? PAGE - in_page : size - done;
        if (!kernel_translate(machine->kernel, space, at, access, 1, &mapping)) {
            return false;
        }
        uint8_t *view = memory_view(machine, mapping.frame, mapping.pages);
        if (view == NULL) {
            return false;
        }
        view += at - mapping.va;
        if (access == HAL_WRITE) {
            memcpy(view, (uint8_t *)bytes + done, part);
        } else {
            memcpy((uint8_t *)bytes + done, view, part);
        }
        done += part;
    }
    return true;
}

uint8_t *memory_view(struct machine *machine, uint64_t frame, uint64_t pages)
{
    if (frame < machine->frames && pages <= machine->frames - frame) {
        return machine->ram + frame * PAGE;
    }
    return hal_device_memory(machine, frame, pages);
}

struct hal_memory hal_memory(struct machine *machine)
{
    return (struct hal_memory){machine->ram, LOW_FRAMES, machine->frames};
}

uint8_t *hal_device_memory(struct machine *machine, uint64_t frame, uint64_t pages)
{
    if (pages == 0) {
        return NULL;
    }
    if (frame < LOW_FRAMES) {
        return pages <= LOW_FRAMES - frame ? machine->ram + frame * PAGE : NULL;
    }
    const struct region *region = region_find(machine, frame, pages);
    return region == NULL ? NULL : region->view + (frame - region->frame) * PAGE;
}

void hal_dma_allow(struct machine *machine, uint64_t frame, uint64_t pages, bool allowed)
{
    if (machine->dma_frames == NULL) {
        machine->dma_frames = calloc(machine->frames / 64 + 1, sizeof *machine->dma_frames);
        if (machine->dma_frames == NULL) {
            host_fatal("no memory for the list of DMA frames");
        }
    }
    for (uint64_t f = frame; f < frame + pages && f < machine->frames; f++) {
        uint64_t bit = UINT64_C(1) << (f % 64);
        uint64_t word = machine->dma_frames[f / 64];
        machine->dma_frames[f / 64] = allowed ? word | bit : word & ~bit;
    }
}
