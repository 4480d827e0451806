/* SPDX-License-Identifier: MIT */
#pragma once

/* A boot description: what is in memory when the kernel starts, and the machine around it. Read
 * from a boot file (grammar in bootfile.c and `terrarium help run`), completed by the command
 * line. */

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

#include "sim/hardware.h"

struct sim_module {
    char *name, *file, *argument; /* owned; argument may be NULL */
    bool start;
    unsigned line;     /* in the boot file, or SIM_LINE_* */
    const void *image; /* after sim_boot_load */
    uint64_t size;
    const char *path; /* on the host; NULL: embedded, or a text */
    bool is_mapped;
};

struct sim_boot {
    const char *origin; /* the file's name for messages */
    struct sim_module *modules;
    uint64_t count;
    uint64_t ram_bytes, seed, clock; /* clock: index of sim_clock_names */
    uint64_t slice_ns;               /* 0: the kernel's own */
    struct tr_system_limits limits;
    struct sim_hardware hardware;
};

/* "virtual", "host", NULL: in the order of enum posix_clock. */
extern const char *const sim_clock_names[];

/* Reads a boot file; path NULL is the embedded default. `console` stands for $console. Complains
 * and returns false if it is wrong. */
bool sim_boot_read(struct sim_boot *boot, const char *path, const char *console);

/* Lines of what the command line names: with --program, and as the program of exec. */
#define SIM_LINE_OPTION 0U
#define SIM_LINE_EXEC   UINT_MAX

/* Adds a program that is only present. `file` as in a boot file. From the command line it takes the
 * place of a module of the same name. False after a complaint. */
bool sim_boot_add(struct sim_boot *boot, const char *name, const char *file, unsigned line);

/* Adds a module of these bytes, in place of any other of that name; none if there are no bytes.
 * They stay the caller's. False after a complaint. */
bool sim_boot_add_bytes(struct sim_boot *boot, const char *name, const char *bytes, size_t size);

/* Whether there is a module or program of this name. */
bool sim_boot_has(const struct sim_boot *boot, const char *name);

/* Brings all files into memory. False after a complaint. */
bool sim_boot_load(struct sim_boot *boot);

/* FNV-1a over names, arguments and images: what makes two boots the same. */
uint64_t sim_boot_hash(const struct sim_boot *boot);

void sim_boot_free(struct sim_boot *boot);

/* For messages: "FILE:LINE: ", "--program: " or "", in a buffer. */
const char *sim_boot_place(const struct sim_boot *boot, unsigned line, char *text,
                           unsigned long size);

/* 64-bit FNV-1a, also the hash of traces. */
#define SIM_HASH_START UINT64_C(0xcbf29ce484222325)
uint64_t sim_hash(uint64_t hash, const void *bytes, uint64_t size);
