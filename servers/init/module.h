/* SPDX-License-Identifier: MIT */
#pragma once

/* The boot modules: every program and file that the boot loader put into memory. */

#include <terrarium/types.h>

/* Maps all modules into this process, once. */
void modules_map(void);

/* The module of this name, NULL if there is none. */
const struct tr_boot_module *module_find(const char *name);

/* The module of this index, NULL past the last. */
const struct tr_boot_module *module_at(uint64_t index);
