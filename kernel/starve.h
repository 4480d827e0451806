/* SPDX-License-Identifier: MIT */
#pragma once

/* Classes that do not get to run (interface.md 14.4). Strict priority may keep a class from the
 * processor for ever; that is allowed, and told once. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

#include "timer.h"

struct kernel;
struct process;

#define STARVE_NO   TR_FOREVER
#define STARVE_TOLD (TR_FOREVER - 1) /* until it runs */

struct starve {
    struct alarm alarm; /* when the first of them will have waited for a second; else disarmed */
    uint32_t running;   /* the class that has run since the last look; TR_KERNEL: look next time */
    /* By class: since when somebody is ready and nobody has run. */
    uint64_t since[TR_KERNEL];
};

void starve_setup(struct kernel *kernel);
/* This class runs now, or somebody of a lower one has become ready meanwhile: notes who may starve.
 */
void starve_look(struct kernel *kernel, uint32_t running);
/* A thread of this class that was ready is not any more, and has not run. */
void starve_left(struct kernel *kernel, uint32_t process_class);
/* The processor is idle: nobody waits for it. */
void starve_is_over(struct kernel *kernel);
/* Whether a process is ready, of a class that is starved, and that was told. NULL: yes. */
bool starve_has(const struct kernel *kernel, const struct process *process);
