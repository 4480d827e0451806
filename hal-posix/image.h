/* SPDX-License-Identifier: MIT */
#pragma once

/* Images of programs: the ELF files behind loaded programs, for Valgrind and debuggers. */

#include "machine.h"

struct window;

struct image {
    struct image *next;
    const uint8_t *bytes;
    size_t size;
    char *path;        /* as registered, or NULL */
    char *own_path;    /* a file of the machine's own, made when first needed */
    const uint8_t *id; /* build id, in bytes */
    size_t id_size;
};

/* A place where an image lies, in the list of its window. */
struct image_use {
    struct image_use *next;
    const struct image *image;
    struct jit_entry *entry; /* what the debugger was told; NULL: nothing */
};

/* The process of this window has ended: debuggers forget its images. */
void image_forget(struct machine *machine, struct window *window);
void image_destroy_all(struct machine *machine);
/* The path of a file with the image's bytes; NULL if there can be none. */
const char *image_file(struct image *image);

/* image_map.c: maps text from the image's file, where the kernel has put a copy of it, so that tools
 * that read mappings know whose code it is. */
void image_map(struct machine *machine, struct hal_space *space, uint64_t va, struct image *image);

/* jit.c: tells a debugger of the image at `va` (GDB manual, "JIT Compilation Interface"), and that
 * it is gone. NULL: it cannot be told. */
struct jit_entry *jit_announce(const struct image *image, uint64_t va);
void jit_withdraw(struct jit_entry *entry);
