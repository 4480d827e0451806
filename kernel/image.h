/* SPDX-License-Identifier: MIT */
#pragma once

/* The loader of ELF images (interface.md 3, tr_process_spawn). It trusts nothing: headers are
 * copied once and checked, segments are copied into frames of the new space, and what relocation
 * needs is read from there, so later writes to the caller's image change nothing. */

#include <stdbool.h>
#include <stdint.h>

struct kernel;
struct process;

#define IMAGE_SEGMENTS    16
#define IMAGE_STACK_LEAST 16   /* pages */
#define IMAGE_STACK_MOST  2048 /* beyond: NOEXEC */

/* Tables of relocations, in the order in which they are done. */
enum image_table { IMAGE_RELR, IMAGE_RELA, IMAGE_CALLS, IMAGE_TABLES };

/* Where the bytes of an image come from. */
struct image_source {
    struct process *process; /* whose memory; NULL: the kernel's view at `address` */
    uint64_t address, size;
};

struct image_segment {
    uint64_t va, file_offset, file_size, memory_size; /* va relative to the image's base */
    uint32_t prot;
    uint32_t number; /* of its program header */
};

/* A part of the loaded image; at relative to its base. */
struct image_part {
    uint64_t at, size;
};

struct image {
    const char *name; /* whose it is to be; with is_module set by the caller before image_parse */
    bool is_module;   /* of the boot file: what is wrong with it is a fault */
    struct image_segment segments[IMAGE_SEGMENTS];
    uint32_t segment_count;
    uint64_t low;                     /* the page that the linker gave the first segment */
    uint64_t entry;                   /* relative to the image's base, as everything here */
    uint64_t pages;                   /* from the first to the end of the last segment */
    uint64_t align;                   /* the largest of its segments' */
    uint64_t stack_pages;             /* of the first stack */
    struct image_part dynamic, relro; /* size 0: none */
    struct image_part locals;         /* what thread-local variables begin with */
    bool has_locals;
    struct image_part symbols, strings, tables[IMAGE_TABLES]; /* found by image_bind */
    uint64_t bound;     /* entries of the tables done so far */
    uint64_t packed_at; /* what the next bitmap of IMAGE_RELR is about */
    uint64_t lowest;    /* from where on it may be put: set by the caller before image_place */
    uint64_t base;      /* where it was put: set by the caller before image_load */
};

/* The one way to refuse an image: says in the log why (rate limited like all refusals; for a module
 * at boot on the machine's console too), as log_record does. Returns TR_E_NOEXEC, which is written
 * nowhere else. */
int64_t image_refuse(struct kernel *kernel, const struct image *image, const char *format, ...);

/* The same for one that is sound and does not fit into its window: TR_E_NOMEM. */
int64_t image_outgrows(struct kernel *kernel, const struct image *image, uint64_t pages,
                       uint64_t room);

/* Reads and checks the headers into a zeroed structure. 0, TR_E_FAULT or TR_E_NOEXEC. */
int64_t image_parse(struct kernel *kernel, const struct image_source *source, struct image *image);

/* The lowest address for its base, at or above image->lowest, that keeps what its segments ask for:
 * their alignment is that of the addresses the linker gave. */
uint64_t image_place(const struct image *image);

/* Copies segments into the target's space. Makes progress in steps of at most STEP_PAGES pages:
 * *page is where it stands, 0 at first. Returns CALL_LATER while there is more, 0 when done, or a
 * TR_E_*: NOMEM too if the window is too small, NOEXEC if only its alignment is too large for it.
 */
int64_t image_load(struct kernel *kernel, const struct image_source *source,
                   const struct image *image, struct process *target, uint64_t *page);

/* Relocates and binds ghosts, in steps of at most IMAGE_BIND_STEP relocations. CALL_LATER while
 * there is more, 0, or TR_E_NOEXEC. */
#define IMAGE_BIND_STEP 1024
int64_t image_bind(struct kernel *kernel, struct image *image, struct process *target);

/* The whole pages that are read-only after binding; none: size 0. */
struct image_part image_fixed_pages(const struct image *image);
/* Takes WRITE from these; all else is protected since loading. */
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
