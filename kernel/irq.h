/* SPDX-License-Identifier: MIT */
#pragma once

/* Interrupt lines and their listeners (interface.md 10). A fired line stays masked until every
 * listener has acknowledged; one that is silent for a second is taken off. */

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "list.h"

struct kernel;
struct process;

struct irq_listener {
    struct list on_line; /* in kernel->irqs[line].listeners */
    struct list owned;   /* in process->irqs */
    struct process *process;
    uint32_t line;
    bool owes; /* has not acknowledged the last firing */
    uint64_t cookie;
    struct event_slot slot;
};

void irq_setup(struct kernel *kernel);
void irq_fired(struct kernel *kernel, uint32_t line);
/* Counts as acknowledged on every line; removes the events. */
void irq_end_all(struct kernel *kernel, struct process *process);
