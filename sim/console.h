/* SPDX-License-Identifier: MIT */
#pragma once

/* The panic console: what the kernel says past all programs. Shown at once with -v; otherwise the
 * last of it is kept and shown when the run ends badly. */

#include <stdbool.h>
#include <stddef.h>

#define SIM_CONSOLE_KEPT 8192

struct sim_console {
    bool verbose;
    size_t used;
    char kept[SIM_CONSOLE_KEPT];
};

void sim_console_write(struct sim_console *console, const char *text, size_t size);

/* Shows what was kept, if it has not been shown, and forgets it. */
void sim_console_show(struct sim_console *console);
