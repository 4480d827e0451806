/* SPDX-License-Identifier: MIT */
#pragma once

/* The loader of ELF images (abi.md 3, tr_process_spawn). It trusts nothing: headers are copied once
 * and checked, segments are copied into frames of the new space, and what relocation needs is read
 * from there, so later writes to the caller's image change nothing. */

#include <stdbool.h>
#include <stdint.h>

struct kernel;
struct process;

#define IMAGE_SEGMENTS 16

/* Where the bytes of an image come from. */
struct image_source {
    struct process *process; /* whose memory; NULL: the kernel's view at `address` */
    uint64_t address, size;
};

struct image_segment {
    uint64_t va, file_offset, file_size, memory_size; /* va relative to the image's base */
    uint32_t prot;
};

struct image {
    struct image_segment segments[IMAGE_SEGMENTS];
    uint32_t segment_count;
    uint64_t entry, pages; /* pages from the first to the end of the last segment */
    uint64_t dynamic, dynamic_size;
    uint64_t base; /* where it was put: set by the caller before image_load */
};

/* Reads and checks the headers. 0, TR_E_NOEXEC or TR_E_FAULT. */
int64_t image_parse(struct kernel *kernel, const struct image_source *source, struct image *image);

/* Copies segments into the target's space. Makes progress in steps of at most STEP_PAGES pages:
 * *page is where it stands, 0 at first. Returns CALL_LATER while there is more, 0 when done, or a
 * TR_E_*. */
int64_t image_load(struct kernel *kernel, const struct image_source *source,
                   const struct image *image, struct process *target, uint64_t *page);

/* Relocates and binds ghosts. 0 or TR_E_NOEXEC; an unknown symbol is named in the log. */
int64_t image_bind(struct kernel *kernel, const struct image *image, struct process *target);
/* Sets the final protections of the segments. */
void image_protect(struct kernel *kernel, const struct image *image, struct process *target);
