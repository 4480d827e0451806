/* SPDX-License-Identifier: MIT */
#include "spawn.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "ghost.h"
#include "space_pool.h"
#include "state.h"
#include "string.h"
#include "watch.h"

/* Where things lie in a new window: nothing in the first leaf, then the stack, the argument, the
 * image; then room. So one leaf does for a small program, and a stack that overflows meets nothing
 * for 2 MiB. */
static void place(struct spawn *spawn)
{
    struct space *space = &spawn->process->space;
    const uint64_t window = space->hal.base;
    space->low = SPACE_HOLE;
    spawn->stack_top = window + SPACE_HOLE + spawn->image.stack_pages * TR_PAGE_SIZE;
    spawn->image.lowest = spawn->stack_top + spawn->argument_pages * TR_PAGE_SIZE;
    spawn->image.base = image_place(&spawn->image);
    spawn->process->grave->shape.at = (spawn->image.base - window) / TR_PAGE_SIZE;
}

void spawn_undo(struct kernel *kernel, struct spawn *spawn)
{
    if (spawn->watch != NULL) {
        watch_unreserve(kernel, spawn->parent, spawn->watch);
    }
    process_unmake(kernel, spawn->process);
}

static uint64_t argument_pages(const struct spawn *spawn)
{
    uint64_t bytes = sizeof(struct tr_start) + spawn->argument.size + 1;
    return (bytes + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
}

int64_t spawn_begin(struct kernel *kernel, struct spawn *spawn)
{
    spawn->image = (struct image){.name = spawn->name, .is_module = spawn->parent == NULL};
    int64_t result = image_parse(kernel, &spawn->source, &spawn->image);
    if (result < 0) {
        return result;
    }
    spawn->argument_pages = argument_pages(spawn);
    space_pool_shape(kernel, &spawn->image, spawn->argument_pages, &spawn->shape);
    spawn->plan.shape = &spawn->shape;
    result = process_make(kernel, &spawn->plan, &spawn->process);
    if (result < 0) {
        return result;
    }
    if ((spawn->plan.flags & TR_SPAWN_WATCH) != 0 && spawn->parent != NULL) {
        result = watch_reserve(kernel, spawn->parent, &spawn->watch);
        if (result < 0) {
            process_unmake(kernel, spawn->process);
            return result;
        }
    }
    place(spawn);
    spawn->page = 0;
    return 0;
}

/* The stack and the pages of the argument, backed on touch. */
static int64_t make_stack(struct kernel *kernel, struct spawn *spawn)
{
    struct space *space = &spawn->process->space;
    uint64_t va = space->hal.base + SPACE_HOLE;
    uint64_t pages = spawn->image.stack_pages + spawn->argument_pages;
    if (space->is_reused) {
        return 0;
    }
    int64_t result = space_prepare(kernel, space, va, pages);
    if (result < 0) {
        return result;
    }
    for (uint64_t i = 0; i < pages; i++) {
        space_set(kernel, space, va + i * TR_PAGE_SIZE,
                  ENTRY_UNBACKED(PAGE_DEMAND, TR_READ | TR_WRITE));
    }
    tool(kernel, HAL_TOOL_STACK, (const void *)(uintptr_t)va, NULL,
         spawn->image.stack_pages * TR_PAGE_SIZE);
    return 0;
}

/* Copies the argument page by page from where it is to where it will be. */
static int64_t copy_argument(struct kernel *kernel, struct spawn *spawn, uint64_t to)
{
    const struct image_source *from = &spawn->argument;
    uint64_t done = 0;
    while (done < from->size) {
        uint8_t piece[256];
        uint64_t part = from->size - done < sizeof(piece) ? from->size - done : sizeof(piece);
        if (from->process == NULL) {
            memcpy(piece, (const uint8_t *)(uintptr_t)from->address + done, (size_t)part);
        } else {
            int64_t result = copy_in(kernel, from->process, piece, from->address + done, part);
            if (result < 0) {
                return result;
            }
        }
        int64_t result = copy_out(kernel, spawn->process, to + done, piece, part);
        if (result < 0) {
            return result;
        }
        done += part;
    }
    return 0;
}

/* struct tr_start, then the argument and a terminating zero, in pages behind the stack. */
static int64_t make_argument(struct kernel *kernel, struct spawn *spawn)
{
    uint64_t va = spawn->stack_top;
    const uint64_t start[2] = {va + sizeof(start), spawn->argument.size};
    int64_t result = copy_out(kernel, spawn->process, va, start, sizeof(start));
    return result < 0 ? result : copy_argument(kernel, spawn, va + sizeof(start));
}

static int64_t refused(struct kernel *kernel, uint32_t process_class)
{
    log_refused(kernel, "spawn of class", process_class);
    return TR_E_PERM;
}

/* Between two steps the parent may have lost the right to such a child, or the machine may have
 * begun to stop. */
static int64_t check_again(struct kernel *kernel, const struct spawn *spawn)
{
    const struct process_plan *plan = &spawn->plan;
    if (spawn->parent != NULL &&
        process_may_spawn(spawn->parent, plan->process_class, plan->flags, plan->name) < 0) {
        return refused(kernel, plan->process_class);
    }
    return kernel->stop.is_on ? TR_E_STATE : 0;
}

/* All that may fail after the image is bound. */
static int64_t finish(struct kernel *kernel, struct spawn *spawn)
{
    struct thread *thread;
    image_protect(kernel, &spawn->image, spawn->process);
    int64_t result = make_stack(kernel, spawn);
    if (result == 0) {
        result = make_argument(kernel, spawn);
        struct space *space = &spawn->process->space;
        space->cursor = spawn->image.base - space->hal.base + spawn->image.pages * TR_PAGE_SIZE;
    }
    if (result == 0) {
        result = check_again(kernel, spawn);
    }
    if (result == 0) {
        uint64_t entry = spawn->image.base + spawn->image.entry;
        result =
            thread_make(kernel, spawn->process, entry, spawn->stack_top, spawn->stack_top, &thread);
    }
    return result;
}

int64_t spawn_continue(struct kernel *kernel, struct spawn *spawn)
{
    int64_t result =
        image_load(kernel, &spawn->source, &spawn->image, spawn->process, &spawn->page);
    if (result == 0) {
        result = image_bind(kernel, &spawn->image, spawn->process);
    }
    if (result == CALL_LATER) {
        return CALL_LATER;
    }
    if (result == 0) {
        result = finish(kernel, spawn);
    }
    if (result < 0) {
        spawn_undo(kernel, spawn);
        return result;
    }
    struct process *process = spawn->process;
    hal_space_image(kernel->machine, &process->space.hal, spawn->image.base, process->name);
    process_admit(kernel, process);
    if (spawn->watch != NULL) {
        watch_begin(spawn->watch, process, spawn->cookie);
    }
    return (int64_t)process->object.id;
}

/* ---- tr_process_spawn ----------------------------------------------------------------------- */

static void spawn_free(struct kernel *kernel, struct spawn *spawn)
{
    pool_give(kernel, &kernel->pools.spawn, spawn->parent->account, spawn);
}

static int64_t spawn_step(struct kernel *kernel, struct thread *thread)
{
    struct spawn *spawn = thread->work.pointer;
    int64_t result = spawn_continue(kernel, spawn);
    if (result != CALL_LATER) {
        spawn_free(kernel, spawn);
    }
    return result;
}

const struct spawn *spawn_of(const struct thread *thread)
{
    return thread->step == spawn_step ? thread->work.pointer : NULL;
}

static void spawn_abort(struct kernel *kernel, struct thread *thread)
{
    struct spawn *spawn = thread->work.pointer;
    spawn_undo(kernel, spawn);
    spawn_free(kernel, spawn);
}

/* Class and flags, then the right to spawn such a child at all, then the name. */
static int64_t check_child(struct kernel *kernel, const struct tr_spawn *request,
                           char name[TR_NAME_MAX])
{
    struct process *caller = kernel_caller(kernel);
    const uint32_t known =
        TR_SPAWN_SUSPENDED | TR_SPAWN_MANAGER | TR_SPAWN_NO_SPAWN | TR_SPAWN_WATCH;
    if (request->process_class > TR_APPLICATION) {
        return TR_E_INVAL;
    }
    if (process_may_spawn(caller, request->process_class, request->flags, "") < 0) {
        return refused(kernel, request->process_class);
    }
    if ((request->flags & ~known) != 0 || request->reserved[0] != 0 || request->reserved[1] != 0 ||
        ((request->flags & TR_SPAWN_MANAGER) != 0 && request->process_class != TR_SERVER)) {
        return TR_E_INVAL;
    }
    int64_t result =
        copy_in_string(kernel, caller, name, (uint64_t)(uintptr_t)request->name, TR_NAME_MAX);
    if (result < 0) {
        return result;
    }
    if (!process_name_is_valid(name)) {
        return TR_E_INVAL;
    }
    result = process_may_spawn(caller, request->process_class, request->flags, name);
    return result < 0 ? refused(kernel, request->process_class) : 0;
}

/* The checks of interface.md 1's order, on the caller's structure copied once. */
static int64_t check_request(struct kernel *kernel, const struct tr_spawn *request,
                             char name[TR_NAME_MAX])
{
    struct process *caller = kernel_caller(kernel);
    int64_t result = check_child(kernel, request, name);
    if (result < 0) {
        return result;
    }
    if (request->argument_size > TR_ARGUMENT_MAX) {
        return TR_E_TOOBIG;
    }
    result = copy_check(kernel, caller, (uint64_t)(uintptr_t)request->image, request->image_size,
                        TR_READ);
    if (result == 0) {
        result = copy_check(kernel, caller, (uint64_t)(uintptr_t)request->argument,
                            request->argument_size, TR_READ);
    }
    return result == 0 && kernel->stop.is_on ? TR_E_STATE : result;
}

static void fill_plan(struct process *caller, const struct tr_spawn *request, struct spawn *spawn)
{
    spawn->plan = (struct process_plan){.name = spawn->name,
                                        .process_class = request->process_class,
                                        .flags = request->flags,
                                        .parent = caller->object.id};
    spawn->parent = caller;
    spawn->cookie = request->cookie;
    spawn->source = (struct image_source){.process = caller,
                                          .address = (uint64_t)(uintptr_t)request->image,
                                          .size = request->image_size};
    spawn->argument = (struct image_source){.process = caller,
                                            .address = (uint64_t)(uintptr_t)request->argument,
                                            .size = request->argument_size};
}

int64_t call_process_spawn(struct kernel *kernel, uint64_t request_va)
{
    struct thread *thread = kernel->cpu.current;
    struct process *caller = thread->process;
    struct tr_spawn request;
    char name[TR_NAME_MAX] = "";
    int64_t result = copy_in(kernel, caller, &request, request_va, sizeof(request));
    if (result == 0) {
        result = check_request(kernel, &request, name);
    }
    void *record;
    if (result == 0) {
        result = pool_take(kernel, &kernel->pools.spawn, caller->account, &record);
    }
    if (result < 0) {
        return result;
    }
    struct spawn *spawn = record;
    memcpy(spawn->name, name, sizeof(name));
    fill_plan(caller, &request, spawn);
    result = spawn_begin(kernel, spawn);
    if (result < 0) {
        spawn_free(kernel, spawn);
        return result;
    }
    thread->work.pointer = spawn;
    return thread_begin_steps(kernel, spawn_step, spawn_abort);
}
