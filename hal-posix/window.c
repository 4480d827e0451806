/* SPDX-License-Identifier: MIT */
/* Where windows lie. The range of host addresses for windows is cut into chunks of 64 GiB; a
 * machine takes chunks as it needs them, lowest first, so that a lone machine sees the same
 * addresses in every run. A chunk is only taken if the host has nothing there. */

#include "window.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "image.h"
#include "tool.h"

#define CHUNK_SIZE   (UINT64_C(64) << 30)
#define CHUNKS       ((WINDOWS_END - WINDOWS_BEGIN) / CHUNK_SIZE)
#define WINDOW_LEAST (UINT64_C(64) << 20)
#define ARENAS       64

struct chunk {
    struct chunk *next;
    uint64_t index; /* of the host process's chunks */
    uint64_t used;  /* bytes given out */
};

/* The host process's, shared by all machines. */
static pthread_mutex_t map_lock = PTHREAD_MUTEX_INITIALIZER;
static bool chunk_taken[CHUNKS], arena_taken[ARENAS];

bool window_arena_take(struct machine *machine)
{
    pthread_mutex_lock(&map_lock);
    uint32_t arena = 0;
    while (arena < ARENAS && arena_taken[arena]) {
        arena++;
    }
    if (arena < ARENAS) {
        arena_taken[arena] = true;
        machine->arena = arena;
    }
    pthread_mutex_unlock(&map_lock);
    return arena < ARENAS;
}

void window_arena_give(struct machine *machine)
{
    pthread_mutex_lock(&map_lock);
    arena_taken[machine->arena] = false;
    pthread_mutex_unlock(&map_lock);
}

/* True if the host has mapped nothing in the range. */
static bool is_range_empty(uint64_t begin, uint64_t end)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL) {
        return true;
    }
    bool empty = true;
    uint64_t low, high;
    char line[512];
    while (empty && fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%" SCNx64 "-%" SCNx64, &low, &high) == 2) {
            empty = high <= begin || low >= end;
        }
    }
    fclose(maps);
    return empty;
}

static struct chunk *chunk_take(struct machine *machine)
{
    struct chunk *chunk = NULL;
    pthread_mutex_lock(&map_lock);
    for (uint64_t i = 0; i < CHUNKS && chunk == NULL; i++) {
        uint64_t begin = WINDOWS_BEGIN + i * CHUNK_SIZE;
        if (!chunk_taken[i] && is_range_empty(begin, begin + CHUNK_SIZE)) {
            chunk = calloc(1, sizeof *chunk);
            if (chunk == NULL) {
                break;
            }
            chunk_taken[i] = true;
            chunk->index = i;
            chunk->next = machine->chunks;
            machine->chunks = chunk;
        }
    }
    pthread_mutex_unlock(&map_lock);
    return chunk;
}

static void chunks_give(struct machine *machine)
{
    pthread_mutex_lock(&map_lock);
    while (machine->chunks != NULL) {
        struct chunk *chunk = machine->chunks;
        machine->chunks = chunk->next;
        chunk_taken[chunk->index] = false;
        free(chunk);
    }
    pthread_mutex_unlock(&map_lock);
}

static uint64_t window_size(const struct machine *machine)
{
    uint64_t size = WINDOW_LEAST;
    while (size < machine->frames * PAGE) {
        size *= 2;
    }
    return size;
}

static struct window *window_make(struct machine *machine)
{
    struct chunk *chunk = machine->chunks;
    if (machine->window_size == 0) {
        machine->window_size = window_size(machine);
    }
    if (chunk == NULL || chunk->used + machine->window_size > CHUNK_SIZE) {
        chunk = chunk_take(machine);
    }
    struct window *window = chunk == NULL ? NULL : calloc(1, sizeof *window);
    if (window != NULL) {
        window->base = WINDOWS_BEGIN + chunk->index * CHUNK_SIZE + chunk->used;
        chunk->used += machine->window_size;
    }
    return window;
}

static void ring_add(struct machine *machine, struct window *window)
{
    struct window *head = machine->window_list;
    if (head == NULL) {
        window->next = window->previous = window;
        machine->window_list = machine->evict_next = window;
        return;
    }
    window->next = head;
    window->previous = head->previous;
    head->previous->next = window;
    head->previous = window;
}

static void ring_remove(struct machine *machine, struct window *window)
{
    bool only = window->next == window;
    if (machine->evict_next == window) {
        machine->evict_next = only ? NULL : window->next;
    }
    if (machine->window_list == window) {
        machine->window_list = only ? NULL : window->next;
    }
    window->previous->next = window->next;
    window->next->previous = window->previous;
}

struct window *window_at(struct machine *machine, uint64_t va)
{
    struct window *window = machine->window_list;
    for (; window != NULL; window = window->next) {
        if (va - window->base < machine->window_size) {
            return window;
        }
        if (window->next == machine->window_list) {
            break;
        }
    }
    return NULL;
}

bool hal_space_create(struct machine *machine, struct hal_space *space)
{
    struct window *window = machine->window_free;
    if (window != NULL) {
        machine->window_free = window->next;
    } else {
        window = window_make(machine);
    }
    if (window == NULL) {
        return false;
    }
    window->warned = false;
    window->image_va = 0;
    window->stack_ready = 0;
    ring_add(machine, window);
    space->base = window->base;
    space->size = machine->window_size;
    space->machine = window;
    return true;
}

void hal_space_destroy(struct machine *machine, struct hal_space *space)
{
    struct window *window = window_of(space);
    tlb_end(machine, window);
    image_forget(machine, window);
    tool_forget_window(machine, window);
    ring_remove(machine, window);
    window->next = machine->window_free;
    machine->window_free = window;
    space->machine = NULL;
}

void hal_space_invalidate(struct machine *machine, struct hal_space *space, uint64_t va,
                          uint64_t pages)
{
    if (window_holds(space, va)) {
        tlb_drop(machine, window_of(space), (va - space->base) / PAGE, pages);
    }
}

/* SIM: a kit process's memory outside its window is the host's, and is not checked page by page. */
void *hal_host_range(struct machine *machine, struct hal_space *space, uint64_t va, uint64_t size)
{
    uint64_t end = va + size;
    uint64_t view = (uint64_t)(uintptr_t)machine->ram;
    bool in_windows = va < WINDOWS_END && end > WINDOWS_BEGIN;
    bool in_view = va < view + machine->frames * PAGE && end > view;
    bool is_host = va >= UINT64_C(0x10000) && end >= va && end < (UINT64_C(1) << 47);
    return space->is_host && is_host && !in_windows && !in_view ? (void *)(uintptr_t)va : NULL;
}

static void window_free(struct window *window)
{
    if (window->extents != NULL) {
        host_pages_free(window->extents, window->room * sizeof *window->extents);
    }
    free(window);
}

void window_destroy_all(struct machine *machine)
{
    while (machine->window_list != NULL) {
        struct window *window = machine->window_list;
        tlb_end(machine, window);
        image_forget(machine, window);
        tool_forget_window(machine, window);
        ring_remove(machine, window);
        window_free(window);
    }
    while (machine->window_free != NULL) {
        struct window *window = machine->window_free;
        machine->window_free = window->next;
        window_free(window);
    }
    chunks_give(machine);
}
