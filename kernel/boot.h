/* SPDX-License-Identifier: MIT */
#pragma once

/* What boot.c keeps about the processes that it has made of modules. */

#include <stdint.h>

struct kernel;
struct process;

/* A process has ended so, by that one (0: the kernel). If a module became it, that is kept for
 * kernel_module_end. */
void boot_process_ended(struct kernel *kernel, const struct process *process, int64_t code,
                        uint32_t how, uint64_t by);
