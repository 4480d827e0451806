/* SPDX-License-Identifier: MIT */
#pragma once

/* Starting a process from an ELF image (interface.md 3): parse, make, load, bind, stack and
 * argument, admit. Until it is admitted nothing outside can see it, so failing anywhere undoes
 * everything. */

#include <stdint.h>

#include "image.h"
#include "process.h"

struct kernel;
struct thread;
struct watch;

/* A spawn under way. A record of kernel memory, freed when it is over. */
struct spawn {
    struct process_plan plan;
    struct space_shape shape; /* which the plan names */
    struct image_source source, argument;
    struct image image;
    struct process *process, *parent; /* the one being made; who asked: NULL at boot */
    struct watch *watch;              /* reserved for TR_SPAWN_WATCH */
    uint64_t cookie, page;
    uint64_t argument_pages, stack_top; /* of the new process; its argument is at the top */
    char name[TR_NAME_MAX];
};

/* Parses, and makes the empty process. 0 or a TR_E_*. */
int64_t spawn_begin(struct kernel *kernel, struct spawn *spawn);
/* Goes on loading: CALL_LATER, the new pid, or a TR_E_* with everything undone. */
int64_t spawn_continue(struct kernel *kernel, struct spawn *spawn);
/* The one that a thread is about, between two steps; NULL: none. */
const struct spawn *spawn_of(const struct thread *thread);
/* Gives up a spawn that has begun. */
void spawn_undo(struct kernel *kernel, struct spawn *spawn);
