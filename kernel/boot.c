/* SPDX-License-Identifier: MIT */
/* The boot sequence: modules into memory, then started as drivers in their order. What they do with
 * that (drop, bring up the rest) is theirs. */

#include <terrarium/error.h>

#include "boot.h"
#include "call.h"
#include "kernel.h"
#include "log.h"
#include "name.h"
#include "process.h"
#include "spawn.h"
#include "state.h"
#include "string.h"
#include "system.h"

static uint64_t text_length(const char *text)
{
    uint64_t length = 0;
    while (text[length] != 0) {
        length++;
    }
    return length;
}

/* Gives back what a run of frames has beyond its first pages. */
static void module_trim(struct kernel *kernel, uint32_t frame, uint32_t order, uint64_t pages)
{
    const uint64_t run = UINT64_C(1) << order;
    for (uint64_t at = pages; at < run;) {
        uint32_t piece = frame_piece(frame + at, run - at);
        frame_free(kernel, (uint32_t)(frame + at), piece);
        at += UINT64_C(1) << piece;
    }
}

static int64_t module_store(struct kernel *kernel, const struct kernel_module *module)
{
    if (kernel->module_count == KERNEL_MODULES) {
        return TR_E_LIMIT;
    }
    struct boot_module *stored = &kernel->modules[kernel->module_count];
    uint64_t pages = (module->size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
    pages = pages == 0 ? 1 : pages;
    uint32_t order = frame_order(pages);
    if (order >= FRAME_ORDERS) {
        return TR_E_TOOBIG;
    }
    uint32_t frame;
    int64_t result = frame_allocate(kernel, &kernel->root_account, order, FRAME_MODULE, &frame);
    if (result < 0) {
        return result;
    }
    module_trim(kernel, frame, order, pages);
    uint8_t *view = frame_view(kernel, frame);
    memcpy(view, module->image, (size_t)module->size);
    memset(view + module->size, 0, (size_t)(pages * TR_PAGE_SIZE - module->size));
    stored->frame = frame;
    stored->size = module->size;
    memcpy(stored->name, module->name, (size_t)text_length(module->name));
    kernel->module_count++;
    return 0;
}

static int64_t module_start(struct kernel *kernel, const struct kernel_module *module,
                            const struct boot_module *stored)
{
    struct spawn spawn;
    memset(&spawn, 0, sizeof(spawn));
    memcpy(spawn.name, stored->name, sizeof(spawn.name));
    spawn.plan = (struct process_plan){.name = spawn.name, .process_class = TR_DRIVER};
    spawn.source.address = (uint64_t)(uintptr_t)frame_view(kernel, stored->frame);
    spawn.source.size = stored->size;
    if (module->argument != NULL) {
        spawn.argument.address = (uint64_t)(uintptr_t)module->argument;
        spawn.argument.size = text_length(module->argument);
    }
    int64_t result = spawn_begin(kernel, &spawn);
    while (result == 0 || result == CALL_LATER) {
        result = spawn_continue(kernel, &spawn);
        if (result != CALL_LATER) {
            break;
        }
    }
    if (result > 0) {
        log_record(kernel, TR_LOG_BOOT, "module %s started as process %u", spawn.name,
                   (uint64_t)result);
    }
    return result < 0 ? result : 0;
}

static uint64_t module_index(const struct kernel *kernel, const char *name)
{
    uint64_t i = 0;
    while (i < kernel->module_count && !name_equals(kernel->modules[i].name, name)) {
        i++;
    }
    return i;
}

void boot_process_ended(struct kernel *kernel, const struct process *process, int64_t code,
                        uint32_t how, uint64_t by)
{
    uint64_t i = module_index(kernel, process_short_name(process));
    if (process->parent != 0 || i == kernel->module_count) {
        return;
    }
    kernel->modules[i].end =
        (struct kernel_end){.pid = process->object.id, .by = by, .code = code, .how = how};
}

const struct kernel_end *kernel_module_end(const struct kernel *kernel, const char *name)
{
    uint64_t i = module_index(kernel, name);
    return i < kernel->module_count && kernel->modules[i].end.pid != 0 ? &kernel->modules[i].end
                                                                       : NULL;
}

int64_t kernel_boot(struct kernel *kernel, const struct kernel_module *modules, uint64_t count,
                    uint64_t *failed)
{
    log_record(kernel, TR_LOG_BOOT, "Terrarium, interface version %u, %u pages of memory",
               (uint64_t)TR_ABI_VERSION, kernel->frames.end - kernel->frames.first);
    for (uint64_t i = 0; i < count; i++) {
        *failed = i;
        if (!process_name_is_valid(modules[i].name)) {
            return TR_E_INVAL;
        }
        int64_t result = module_store(kernel, &modules[i]);
        if (result < 0) {
            return result;
        }
    }
    for (uint64_t i = 0; i < count; i++) {
        *failed = i;
        int64_t result =
            modules[i].start ? module_start(kernel, &modules[i], &kernel->modules[i]) : 0;
        if (result < 0) {
            return result;
        }
    }
    system_booted(kernel);
    return 0;
}
