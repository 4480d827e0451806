/* SPDX-License-Identifier: MIT */
#pragma once

/* Images of programs: the ELF files behind loaded programs, for Valgrind and debuggers. */

#include "machine.h"

struct window;

/* A file with a copy of an image. Valgrind reads a file's names once, for one place: there is a
 * copy for each window that holds the image at a time. */
struct image_file {
    struct image_file *next;
    bool used;
    char path[256];
};

struct image {
    struct image *next;
    const uint8_t *bytes;
    size_t size;
    uint64_t first; /* the address that it gives its first page; it lies at another */
    struct image_file *files;
    const uint8_t *id; /* build id, in bytes */
    size_t id_size;
};

/* A place where an image lies, in the list of its window. */
struct image_use {
    struct image_use *next;
    struct image_file *file; /* the text is mapped from it; NULL: from the machine's memory */
    struct jit_entry *entry; /* what the debugger was told; NULL: nothing */
};

/* The registered image that the kernel has put at `va`, known by its build id; NULL: it is not one
 * of them. */
struct image *image_at(struct machine *machine, struct hal_space *space, uint64_t va);

/* The process of this window has ended: debuggers forget its images. */
void image_forget(struct machine *machine, struct window *window);
void image_destroy_all(struct machine *machine);
/* A file that no window uses; NULL: the host gives none. */
struct image_file *image_file_take(struct image *image);

/* image_map.c: maps text from the image's file, where the kernel has put a copy of it, so that
 * tools that read mappings know whose code it is. Returns the file, NULL if it did not work. */
struct image_file *image_map(struct machine *machine, struct hal_space *space, uint64_t va,
                             struct image *image);

/* Maps the text now: a debugger puts breakpoints into it at once. */
void image_fill(struct machine *machine, struct hal_space *space, uint64_t va,
                const struct image *image);

/* jit.c: tells a debugger of the image at `va` (GDB manual, "JIT Compilation Interface"), and that
 * it is gone. NULL: it cannot be told. */
struct jit_entry *jit_announce(const struct image *image, uint64_t va);
void jit_withdraw(struct jit_entry *entry);
