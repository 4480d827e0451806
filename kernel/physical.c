/* SPDX-License-Identifier: MIT */
/* Physical and DMA maps.
 *
 * Invariants:
 * 1. The maps of a process are disjoint, and page i of a map is in its space as PAGE_PHYSICAL or
 *    PAGE_DMA with frame map->frame + i; no other page has these kinds.
 * 2. Devices reach exactly the frames of the DMA maps that are neither made nor released now. */

#include "physical.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "log.h"
#include "shared_lent.h"
#include "state.h"
#include "string.h"

#define PAGE_WORK_NS 50 /* virtual time that clearing a page takes */
#define FRAMES_MOST  (UINT64_C(1) << 32)

static uint64_t end_of(const struct physical_map *map)
{
    return map->va + map->pages * TR_PAGE_SIZE;
}

static struct physical_map *map_of(struct list *link)
{
    return CONTAINER(link, struct physical_map, owned);
}

struct physical_map *physical_map_at(const struct process *process, uint64_t va)
{
    LIST_FOR (link, &process->maps) {
        struct physical_map *map = map_of(link);
        if (va - map->va < map->pages * TR_PAGE_SIZE) {
            return map;
        }
    }
    return NULL;
}

/* ---- Making --------------------------------------------------------------------------------- */

/* A record, and a place in the space with its tables. */
static int64_t map_make(struct kernel *kernel, struct process *process, uint64_t pages,
                        struct physical_map **made)
{
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.physical_map, process->account, &record);
    if (result < 0) {
        return result;
    }
    struct physical_map *map = record;
    map->process = process;
    map->pages = pages;
    map->va = space_find_free(&process->space, pages, 0);
    result = map->va == 0 ? TR_E_NOMEM : space_prepare(kernel, &process->space, map->va, pages);
    if (result < 0) {
        pool_give(kernel, &kernel->pools.physical_map, process->account, map);
        return result;
    }
    *made = map;
    return 0;
}

static void map_unmake(struct kernel *kernel, struct physical_map *map)
{
    space_unprepare(kernel, &map->process->space, map->va, map->pages);
    pool_give(kernel, &kernel->pools.physical_map, map->process->account, map);
}

/* Fills the prepared pages so that they allow `prot`. */
static void map_enter(struct kernel *kernel, struct physical_map *map, uint32_t prot)
{
    struct space *space = &map->process->space;
    enum page_kind kind = map->is_dma ? PAGE_DMA : PAGE_PHYSICAL;
    list_append(&map->process->maps, &map->owned);
    for (uint32_t i = 0; i < map->pages; i++) {
        space_set(kernel, space, map->va + i * UINT64_C(TR_PAGE_SIZE),
                  entry_of_frame(kernel, map->frame + i, kind, prot));
    }
    if (prot != 0) {
        tool(kernel, HAL_TOOL_MAPPED, (const void *)(uintptr_t)map->va, NULL,
             (uint64_t)map->pages * TR_PAGE_SIZE);
    }
}

/* ---- Releasing ------------------------------------------------------------------------------ */

static void map_free(struct kernel *kernel, struct physical_map *map)
{
    if (map->worker != NULL) {
        map->worker->work.pointer = NULL;
    }
    list_remove(&map->owned);
    pool_give(kernel, &kernel->pools.physical_map, map->process->account, map);
}

/* Takes pages [first, end) of a map out of the space; the record stays as it was. */
static void pages_leave(struct kernel *kernel, const struct physical_map *map, uint64_t first,
                        uint64_t end)
{
    struct space *space = &map->process->space;
    uint64_t va = map->va + first * TR_PAGE_SIZE;
    shared_lender_lost(kernel, map->process, va, end - first);
    space_changed(kernel, space, va, end - first);
    for (uint64_t i = 0; i < end - first; i++) {
        (void)space_unset(kernel, space, va + i * TR_PAGE_SIZE);
    }
    if (map->is_dma) {
        dma_give(kernel, map->frame + (uint32_t)first, end - first);
    }
}

static void map_release(struct kernel *kernel, struct physical_map *map)
{
    pages_leave(kernel, map, 0, map->pages);
    map_free(kernel, map);
}

static bool is_touched(const struct physical_map *map, uint64_t va, uint64_t pages)
{
    return map->va < va + pages * TR_PAGE_SIZE && va < end_of(map);
}

/* The map that has pages on both sides of an address, NULL: none. */
static struct physical_map *map_around(const struct process *process, uint64_t va)
{
    struct physical_map *map = physical_map_at(process, va);
    return map != NULL && map->va != va ? map : NULL;
}

static void map_split(struct physical_map *map, uint64_t va, struct physical_map *behind)
{
    uint32_t first = (uint32_t)((va - map->va) / TR_PAGE_SIZE);
    *behind = *map;
    behind->va = va;
    behind->frame += first;
    behind->pages -= first;
    map->pages = first;
    list_append(&map->process->maps, &behind->owned);
}

/* Sees to it that maps end at both edges of a range. */
static int64_t split_at_edges(struct kernel *kernel, struct process *process,
                              const uint64_t edges[2])
{
    void *records[2] = {NULL, NULL};
    int64_t result = 0;
    for (uint32_t i = 0; i < 2 && result == 0; i++) {
        if (map_around(process, edges[i]) != NULL) {
            result = pool_take(kernel, &kernel->pools.physical_map, process->account, &records[i]);
        }
    }
    for (uint32_t i = 0; i < 2; i++) {
        if (result == 0 && records[i] != NULL) {
            map_split(map_around(process, edges[i]), edges[i], records[i]);
        } else if (records[i] != NULL) {
            pool_give(kernel, &kernel->pools.physical_map, process->account, records[i]);
        }
    }
    return result;
}

int64_t physical_release_begin(struct kernel *kernel, struct thread *thread, uint64_t va,
                               uint64_t pages)
{
    struct process *process = thread->process;
    const uint64_t edges[2] = {va, va + pages * TR_PAGE_SIZE};
    LIST_FOR (link, &process->maps) {
        if (map_of(link)->worker != NULL && is_touched(map_of(link), va, pages)) {
            return TR_E_FAULT;
        }
    }
    int64_t result = split_at_edges(kernel, process, edges);
    if (result < 0) {
        return result;
    }
    LIST_FOR (link, &process->maps) {
        struct physical_map *map = map_of(link);
        if (is_touched(map, va, pages)) {
            map->worker = thread;
            if (map->is_dma) {
                hal_dma_allow(kernel->machine, map->frame, map->pages, false);
            }
        }
    }
    return 0;
}

/* A map that the thread works on, NULL: none any more. */
static struct physical_map *map_of_worker(const struct thread *thread)
{
    LIST_FOR (link, &thread->process->maps) {
        if (map_of(link)->worker == thread) {
            return map_of(link);
        }
    }
    return NULL;
}

bool physical_release_step(struct kernel *kernel, struct thread *thread)
{
    uint64_t budget = STEP_PAGES;
    struct physical_map *map;
    while ((map = map_of_worker(thread)) != NULL && budget > 0) {
        uint64_t part = map->pages < budget ? map->pages : budget;
        hal_charge(kernel->machine, part * PAGE_WORK_NS);
        budget -= part;
        if (part == map->pages) {
            map_release(kernel, map);
            continue;
        }
        pages_leave(kernel, map, 0, part);
        map->va += part * TR_PAGE_SIZE;
        map->frame += (uint32_t)part;
        map->pages -= part;
    }
    return map == NULL;
}

void physical_release_abort(struct kernel *kernel, struct thread *thread)
{
    struct physical_map *map;
    while ((map = map_of_worker(thread)) != NULL) {
        map_release(kernel, map);
    }
}

void physical_clear(struct kernel *kernel, struct process *process, uint64_t va, uint64_t pages)
{
    LIST_FOR_SAFE (link, &process->maps) {
        if (is_touched(map_of(link), va, pages)) {
            map_release(kernel, map_of(link));
        }
    }
}

void physical_end_all(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->maps)) {
        map_release(kernel, map_of(process->maps.next));
    }
    shared_lender_ended(process);
}

/* ---- The calls ------------------------------------------------------------------------------ */

static bool is_managed(const struct kernel *kernel, uint64_t frame, uint64_t pages)
{
    return frame < kernel->frames.end && frame + pages > kernel->frames.first;
}

/* flags are TR_READ and TR_WRITE; 0 stands for both. */
static int64_t check_physical(struct kernel *kernel, uint64_t phys, uint64_t pages, uint32_t flags)
{
    uint64_t frame = phys / TR_PAGE_SIZE;
    if ((phys & (TR_PAGE_SIZE - 1)) != 0 || pages == 0 ||
        pages > UINT64_MAX / TR_PAGE_SIZE - frame ||
        (flags & ~(TR_READ | TR_WRITE | TR_EXECUTE)) != 0 ||
        (flags & (TR_READ | TR_WRITE)) == TR_WRITE) {
        return TR_E_INVAL;
    }
    if (is_managed(kernel, frame, pages)) {
        log_refused(kernel, "a map of memory that the kernel manages, at", phys);
        return TR_E_PERM;
    }
    if (frame + pages > FRAMES_MOST || hal_device_memory(kernel->machine, frame, pages) == NULL) {
        return TR_E_NOENT;
    }
    return (flags & TR_EXECUTE) != 0 ? TR_E_PERM : 0;
}

int64_t call_physical_map(struct kernel *kernel, uint64_t phys, uint64_t pages, uint32_t flags)
{
    struct physical_map *map = NULL;
    int64_t result = check_physical(kernel, phys, pages, flags);
    if (result == 0) {
        result = map_make(kernel, kernel_caller(kernel), pages, &map);
    }
    if (result < 0) {
        return result;
    }
    map->frame = (uint32_t)(phys / TR_PAGE_SIZE);
    map->prot = flags == 0 ? TR_READ | TR_WRITE : flags;
    map_enter(kernel, map, map->prot);
    return (int64_t)map->va;
}

int64_t call_physical_of(struct kernel *kernel, uint64_t va)
{
    const struct physical_map *map = physical_map_at(kernel_caller(kernel), va);
    if (map == NULL || map->worker != NULL) {
        return TR_E_NOENT;
    }
    return (int64_t)(map->frame * (uint64_t)TR_PAGE_SIZE + (va - map->va));
}

/* What making DMA memory keeps in thread->work, beside the map in its pointer. */
enum { WORK_DONE, WORK_OUT };

static int64_t dma_finish(struct kernel *kernel, struct thread *thread, struct physical_map *map)
{
    const struct tr_dma facts = {.va = map->va, .physical = map->frame * (uint64_t)TR_PAGE_SIZE};
    map->worker = NULL;
    thread->work.pointer = NULL;
    int64_t result =
        copy_out(kernel, thread->process, thread->work.words[WORK_OUT], &facts, sizeof(facts));
    if (result < 0) {
        map_release(kernel, map);
        return result;
    }
    hal_dma_allow(kernel->machine, map->frame, map->pages, true);
    return 0;
}

static int64_t dma_step(struct kernel *kernel, struct thread *thread)
{
    struct physical_map *map = thread->work.pointer;
    if (map == NULL) { /* cleared away, or the process is no driver any more */
        return thread->process->process_class == TR_DRIVER ? TR_E_FAULT : TR_E_PERM;
    }
    uint64_t *done = &thread->work.words[WORK_DONE];
    uint64_t stop = map->pages - *done > STEP_PAGES ? *done + STEP_PAGES : map->pages;
    hal_charge(kernel->machine, (stop - *done) * PAGE_WORK_NS);
    tool(kernel, HAL_TOOL_MAPPED, (const void *)(uintptr_t)(map->va + *done * TR_PAGE_SIZE), NULL,
         (stop - *done) * TR_PAGE_SIZE);
    for (; *done < stop; ++*done) {
        uint32_t frame = map->frame + (uint32_t)*done;
        memset(frame_view(kernel, frame), 0, TR_PAGE_SIZE);
        *space_entry(&thread->process->space, map->va + *done * TR_PAGE_SIZE) =
            ENTRY(frame, PAGE_DMA, map->prot);
    }
    return *done < map->pages ? CALL_LATER : dma_finish(kernel, thread, map);
}

static void dma_abort(struct kernel *kernel, struct thread *thread)
{
    struct physical_map *map = thread->work.pointer;
    if (map != NULL) {
        map_release(kernel, map);
    }
}

int64_t call_dma_allocate(struct kernel *kernel, uint64_t pages, uint64_t below, uint64_t align,
                          uint64_t dma)
{
    struct thread *thread = kernel->cpu.current;
    struct process *process = thread->process;
    struct physical_map *map = NULL;
    if (pages == 0 || (align & (align - 1)) != 0) {
        return TR_E_INVAL;
    }
    int64_t result = copy_check(kernel, process, dma, sizeof(struct tr_dma), TR_WRITE);
    if (result == 0) {
        result = map_make(kernel, process, pages, &map);
    }
    if (result < 0) {
        return result;
    }
    uint64_t limit = below == 0 ? UINT64_MAX : below / TR_PAGE_SIZE;
    uint64_t frames = align <= TR_PAGE_SIZE ? 1 : align / TR_PAGE_SIZE;
    result = dma_take(kernel, process, pages, limit, frames, &map->frame);
    if (result < 0) {
        map_unmake(kernel, map);
        return result;
    }
    map->is_dma = true;
    map->prot = TR_READ | TR_WRITE;
    map->worker = thread;
    map_enter(kernel, map, 0);
    thread->work.pointer = map;
    thread->work.words[WORK_DONE] = 0;
    thread->work.words[WORK_OUT] = dma;
    return thread_begin_steps(kernel, dma_step, dma_abort);
}
