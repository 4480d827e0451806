/* SPDX-License-Identifier: MIT */
#pragma once

/* I/O ports and who has claimed them (interface.md 10). */

#include <stdbool.h>
#include <stdint.h>

#include "list.h"
#include "tree.h"

struct kernel;
struct process;

/* A run of ports of one process, in port_table.claims by first port and in process->ports. */
struct port_claim {
    struct tree_node node;
    struct list owned;
    struct process *process;
    uint32_t first, count;
};

struct port_table {
    struct tree claims;
};

/* Whether the process holds all ports of an access. */
bool port_is_held(struct kernel *kernel, const struct process *process, uint64_t port,
                  uint32_t width);
void port_end_all(struct kernel *kernel, struct process *process);
