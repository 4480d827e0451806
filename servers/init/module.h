/* SPDX-License-Identifier: MIT */
#pragma once

/* The boot modules: every program and file that the boot loader put into memory. */

#include <terrarium/line.h>
#include <terrarium/types.h>

/* Maps all modules into this process, once. */
void modules_map(void);

/* The module of this name, NULL if there is none. */
const struct tr_boot_module *module_find(const char *name);

/* The lines of a module's text, or of another if it is NULL, in memory that is the caller's to
 * free. NULL: there is no memory. */
char *module_lines(const struct tr_boot_module *module, const char *otherwise,
                   struct tru_lines *lines);

/* The module of this index, NULL past the last. */
const struct tr_boot_module *module_at(uint64_t index);
