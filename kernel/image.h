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

/* A part of the loaded image; at relative to its base. */
struct image_part {
    uint64_t at, size;
};

struct image {
    struct image_segment segments[IMAGE_SEGMENTS];
    uint32_t segment_count;
    uint64_t low;                     /* the page that the linker gave the first segment */
    uint64_t entry;                   /* relative to the image's base, as everything here */
    uint64_t pages;                   /* from the first to the end of the last segment */
    struct image_part dynamic, relro; /* size 0: none */
    struct image_part symbols, strings, tables[2]; /* found by image_bind: RELA and JMPREL */
    uint64_t bound;                                /* relocations done so far */
    uint64_t base;       /* where it was put: set by the caller before image_load */
    const char *problem; /* why it is NOEXEC, for the log; NULL: not known, or told already */
};

/* Reads and checks the headers. 0, TR_E_FAULT, or TR_E_NOEXEC with image->problem. */
int64_t image_parse(struct kernel *kernel, const struct image_source *source, struct image *image);

/* Copies segments into the target's space. Makes progress in steps of at most STEP_PAGES pages:
 * *page is where it stands, 0 at first. Returns CALL_LATER while there is more, 0 when done, or a
 * TR_E_*. */
int64_t image_load(struct kernel *kernel, const struct image_source *source,
                   const struct image *image, struct process *target, uint64_t *page);

/* Relocates and binds ghosts, in steps of at most IMAGE_BIND_STEP relocations. CALL_LATER while
 * there is more, 0, or TR_E_NOEXEC; an unknown symbol is named in the log. */
#define IMAGE_BIND_STEP 1024
int64_t image_bind(struct kernel *kernel, struct image *image, struct process *target);

/* Takes WRITE from what is read-only after binding; all else is protected since loading. */
void image_protect(struct kernel *kernel, const struct image *image, struct process *target);

/* ---- Between the loader's own files --------------------------------------------------------- */

/* Bytes of the image, which must hold them. 0 or TR_E_FAULT. */
int64_t image_read(struct kernel *kernel, const struct image_source *source, void *to,
                   uint64_t offset, uint64_t size);
/* The segment that holds all of a part and allows at least `prot`; NULL: none. */
const struct image_segment *image_segment_of(const struct image *image, uint64_t at, uint64_t size,
                                             uint32_t prot);
/* The kernel's view of a loaded byte, valid to the end of its page. */
uint8_t *image_view(struct kernel *kernel, const struct image *image, const struct process *target,
                    uint64_t at);

static inline uint64_t image_page(uint64_t value)
{
    return value & ~(uint64_t)4095;
}
