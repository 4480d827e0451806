/* SPDX-License-Identifier: MIT */
/* The boot modules. */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

#include "module.h"

#define MODULES_MOST 128

static struct tr_boot_module modules[MODULES_MOST];
static uint64_t module_count;

void modules_map(void)
{
    while (module_count < MODULES_MOST &&
           tr_boot_module(module_count, &modules[module_count]) >= 0) {
        module_count++;
    }
}

const struct tr_boot_module *module_at(uint64_t index)
{
    return index < module_count ? &modules[index] : NULL;
}

char *module_lines(const struct tr_boot_module *module, const char *otherwise,
                   struct tru_lines *lines)
{
    const char *from = module != NULL ? (const char *)module->va : otherwise;
    size_t size = module != NULL ? module->size : strlen(otherwise);
    char *text = malloc(size + 1);

    if (text != NULL) {
        memcpy(text, from, size);
        tru_lines_begin(lines, text, size);
    }
    return text;
}

const struct tr_boot_module *module_find(const char *name)
{
    for (uint64_t i = 0; i < module_count; i++) {
        if (strcmp(modules[i].name, name) == 0) {
            return &modules[i];
        }
    }
    return NULL;
}
