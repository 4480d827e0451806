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

struct starve {
    struct alarm alarm; /* armed while a thread of a lower class than the running one's is ready */
    struct {
        uint64_t tid, cpu_time; /* the first in the queue when we looked last; tid 0: nobody */
        uint64_t since;         /* and when it was seen there first, not having run since */
        bool is_told;
    } classes[TR_KERNEL];
};

void starve_setup(struct kernel *kernel);
/* A thread may be ready that is of a lower class than the one that runs. Cheap when that is known.
 */
void starve_may_begin(struct kernel *kernel);
/* Whether the class of a process is starved, as far as that was told. NULL: yes. */
bool starve_has(const struct kernel *kernel, const struct process *process);
/* The processor is idle: nobody waits for it. */
void starve_is_over(struct kernel *kernel);
