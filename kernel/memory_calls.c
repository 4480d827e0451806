/* SPDX-License-Identifier: MIT */
/* The calls about memory (interface.md 5). What touches more than STEP_PAGES pages goes in steps;
 * everything that could fail is done in the first. Pages that are being allocated are there from
 * the last step on, those that are being released are gone from the first on; protect and clear
 * work on what they find. */

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "least.h"
#include "memory.h"
#include "physical.h"
#include "shared.h"
#include "state.h"

/* Nanoseconds of virtual time that work on one page takes. */
#define PAGE_WORK_NS 50

/* ---- Steps: work.words are va, pages, done, and what the call needs ------------------------- */

enum { WORK_VA, WORK_PAGES, WORK_DONE, WORK_EXTRA };

typedef void step_work(struct kernel *kernel, struct thread *thread, uint64_t va, uint64_t pages);

/* Does the next piece. True: that was the last. */
static bool work_piece(struct kernel *kernel, struct thread *thread, step_work *work)
{
    uint64_t *words = thread->work.words;
    uint64_t pages = least(words[WORK_PAGES] - words[WORK_DONE], STEP_PAGES);
    work(kernel, thread, words[WORK_VA] + words[WORK_DONE] * TR_PAGE_SIZE, pages);
    hal_charge(kernel->machine, pages * PAGE_WORK_NS);
    words[WORK_DONE] += pages;
    return words[WORK_DONE] == words[WORK_PAGES];
}

/* Begins work over a range; `step` goes on with it. */
static int64_t work_begin(struct kernel *kernel, uint64_t va, uint64_t pages, uint64_t extra,
                          thread_step *step, thread_step_abort *step_abort)
{
    uint64_t *words = kernel->cpu.current->work.words;
    words[WORK_VA] = va;
    words[WORK_PAGES] = pages;
    words[WORK_DONE] = 0;
    words[WORK_EXTRA] = extra;
    return thread_begin_steps(kernel, step, step_abort);
}

static int64_t check_range(const struct space *space, uint64_t va, uint64_t pages)
{
    if (pages == 0 || (va & (TR_PAGE_SIZE - 1)) != 0) {
        return TR_E_INVAL;
    }
    return space_holds(space, va, pages) ? 0 : TR_E_FAULT;
}

/* interface.md 5: INVAL for unknown bits and WRITE without READ; PERM for WRITE with EXECUTE. */
static int64_t check_prot(uint32_t prot)
{
    if ((prot & ~(TR_READ | TR_WRITE | TR_EXECUTE)) != 0 ||
        ((prot & TR_WRITE) != 0 && (prot & TR_READ) == 0)) {
        return TR_E_INVAL;
    }
    return 0;
}

static bool is_write_execute(uint32_t prot)
{
    return (prot & (TR_WRITE | TR_EXECUTE)) == (TR_WRITE | TR_EXECUTE);
}

/* ---- tr_memory_allocate --------------------------------------------------------------------- */

static void zero_piece(struct kernel *kernel, struct thread *thread, uint64_t va, uint64_t pages)
{
    memory_zero(kernel, &thread->process->space, va, pages);
}

static int64_t allocate_step(struct kernel *kernel, struct thread *thread)
{
    const uint64_t *words = thread->work.words;
    if (!work_piece(kernel, thread, zero_piece)) {
        return CALL_LATER;
    }
    memory_open(&thread->process->space, words[WORK_VA], words[WORK_PAGES],
                (uint32_t)words[WORK_EXTRA]);
    return (int64_t)words[WORK_VA];
}

static void allocate_abort(struct kernel *kernel, struct thread *thread)
{
    const uint64_t *words = thread->work.words;
    memory_drop(kernel, &thread->process->space, words[WORK_VA], words[WORK_PAGES]);
}

int64_t call_memory_allocate(struct kernel *kernel, uint64_t pages, uint64_t hint, uint32_t prot)
{
    struct space *space = &kernel_caller(kernel)->space;
    int64_t result = check_prot(prot);
    if (pages == 0 || (hint & (TR_PAGE_SIZE - 1)) != 0 || result < 0) {
        return TR_E_INVAL;
    }
    if (is_write_execute(prot)) {
        return TR_E_PERM;
    }
    if (!frame_may_take(kernel, space->account, pages)) {
        return TR_E_NOMEM;
    }
    uint64_t va = space_find_free(space, pages, hint);
    if (va == 0 || memory_take(kernel, space, va, pages) < 0) {
        return TR_E_NOMEM;
    }
    return work_begin(kernel, va, pages, prot, allocate_step, allocate_abort);
}

/* ---- tr_memory_release ---------------------------------------------------------------------- */

static void drop_piece(struct kernel *kernel, struct thread *thread, uint64_t va, uint64_t pages)
{
    memory_drop(kernel, &thread->process->space, va, pages);
}

static int64_t release_step(struct kernel *kernel, struct thread *thread)
{
    return work_piece(kernel, thread, drop_piece) ? 0 : CALL_LATER;
}

static void release_abort(struct kernel *kernel, struct thread *thread)
{
    const uint64_t *words = thread->work.words;
    memory_drop(kernel, &thread->process->space, words[WORK_VA] + words[WORK_DONE] * TR_PAGE_SIZE,
                words[WORK_PAGES] - words[WORK_DONE]);
}

uint64_t memory_pending(const struct thread *thread)
{
    const uint64_t *words = thread->work.words;
    if (thread->step == allocate_step) {
        return words[WORK_PAGES];
    }
    return thread->step == release_step ? words[WORK_PAGES] - words[WORK_DONE] : 0;
}

static int64_t map_step(struct kernel *kernel, struct thread *thread)
{
    return physical_release_step(kernel, thread) ? 0 : CALL_LATER;
}

static int64_t release_maps(struct kernel *kernel, uint64_t va, uint64_t pages)
{
    int64_t result = physical_release_begin(kernel, kernel->cpu.current, va, pages);
    return result < 0 ? result : thread_begin_steps(kernel, map_step, physical_release_abort);
}

/* The kind all pages of a range have: private ones count as PAGE_PRIVATE. 0 or an error. */
static int64_t kind_of_range(const struct space *space, uint64_t va, uint64_t pages,
                             enum page_kind *kind)
{
    bool is_shared = false;
    *kind = PAGE_NONE;
    for (uint64_t i = 0; i < pages; i++) {
        const uint64_t *entry = space_entry(space, va + i * TR_PAGE_SIZE);
        enum page_kind here = entry == NULL ? PAGE_NONE : ENTRY_KIND(*entry);
        if (here == PAGE_NONE || (*entry & ENTRY_PENDING) != 0) {
            return TR_E_FAULT;
        }
        if (here == PAGE_DEMAND) {
            here = PAGE_PRIVATE;
        }
        is_shared = is_shared || here == PAGE_SHARED || here == PAGE_LAZY || here == PAGE_LOST;
        if (*kind == PAGE_NONE) {
            *kind = here;
        }
        if (here != *kind) {
            is_shared = true; /* not one thing: nothing that could be released as such */
        }
    }
    return is_shared ? TR_E_STATE : 0;
}

int64_t call_memory_release(struct kernel *kernel, uint64_t va, uint64_t pages)
{
    struct space *space = &kernel_caller(kernel)->space;
    enum page_kind kind;
    int64_t result = check_range(space, va, pages);
    if (result == 0) {
        result = kind_of_range(space, va, pages, &kind);
    }
    if (result < 0) {
        return result;
    }
    if (kind == PAGE_PHYSICAL || kind == PAGE_DMA) {
        return release_maps(kernel, va, pages);
    }
    memory_withdraw(kernel, space, va, pages);
    return work_begin(kernel, va, pages, 0, release_step, release_abort);
}

/* ---- tr_memory_protect ---------------------------------------------------------------------- */

/* The most that may be done with the page at va. False: there is none whose rights could change; a
 * page that is not there yet, or no longer, is none. */
static bool most_at(struct process *process, uint64_t va, uint32_t *most)
{
    const uint64_t *entry = space_entry(&process->space, va);
    const struct shared_member *member;
    const struct physical_map *map;
    switch (entry == NULL ? PAGE_NONE : ENTRY_KIND(*entry)) {
    case PAGE_NONE:
        return false;
    case PAGE_SHARED:
    case PAGE_LAZY:
    case PAGE_LOST:
        member = shared_member_at(process, va);
        *most = member->prot;
        return member->worker == NULL;
    case PAGE_PHYSICAL:
    case PAGE_DMA:
        map = physical_map_at(process, va);
        *most = map->prot;
        return map->worker == NULL;
    default:
        *most = ENTRY_KIND(*entry) == PAGE_MODULE ? TR_READ : TR_READ | TR_WRITE | TR_EXECUTE;
        return (*entry & ENTRY_PENDING) == 0;
    }
}

/* Each page is asked again: between two steps another thread may have put something else there, or
 * sealed what is shared. */
static void protect_piece(struct kernel *kernel, struct thread *thread, uint64_t va, uint64_t pages)
{
    struct process *process = thread->process;
    struct space *space = &process->space;
    uint32_t prot = (uint32_t)thread->work.words[WORK_EXTRA];
    space_changed(kernel, space, va, pages);
    for (uint64_t end = va + pages * TR_PAGE_SIZE; va < end; va += TR_PAGE_SIZE) {
        uint32_t most;
        if (!most_at(process, va, &most) || (prot & ~most) != 0) {
            continue;
        }
        uint64_t *entry = space_entry(space, va);
        enum page_kind kind = ENTRY_KIND(*entry);
        bool is_unbacked = kind == PAGE_DEMAND || kind == PAGE_LAZY || kind == PAGE_LOST;
        *entry = is_unbacked ? ENTRY_UNBACKED(kind, prot)
                             : entry_of_frame(kernel, ENTRY_FRAME(*entry), kind, prot);
    }
}

static int64_t protect_step(struct kernel *kernel, struct thread *thread)
{
    return work_piece(kernel, thread, protect_piece) ? 0 : CALL_LATER;
}

int64_t call_memory_protect(struct kernel *kernel, uint64_t va, uint64_t pages, uint32_t prot)
{
    struct process *process = kernel_caller(kernel);
    int64_t result = check_prot(prot);
    if (result == 0) {
        result = check_range(&process->space, va, pages);
    }
    if (result < 0) {
        return result;
    }
    bool is_allowed = !is_write_execute(prot);
    for (uint64_t i = 0; i < pages; i++) {
        uint32_t most;
        if (!most_at(process, va + i * TR_PAGE_SIZE, &most)) {
            return TR_E_FAULT;
        }
        is_allowed = is_allowed && (prot & ~most) == 0;
    }
    if (!is_allowed) {
        return TR_E_PERM;
    }
    return work_begin(kernel, va, pages, prot, protect_step, NULL);
}

/* ---- tr_memory_clear and tr_memory_info ----------------------------------------------------- */

static void modules_unmap(struct kernel *kernel, struct space *space, uint64_t va, uint64_t pages)
{
    for (uint64_t i = 0; i < pages; i++) {
        const uint64_t *entry = space_entry(space, va + i * TR_PAGE_SIZE);
        if (entry != NULL && ENTRY_KIND(*entry) == PAGE_MODULE && (*entry & ENTRY_PENDING) == 0) {
            (void)space_unset(kernel, space, va + i * TR_PAGE_SIZE);
        }
    }
}

static void clear_piece(struct kernel *kernel, struct thread *thread, uint64_t va, uint64_t pages)
{
    physical_clear(kernel, thread->process, va, pages);
    memory_give(kernel, &thread->process->space, va, pages);
    modules_unmap(kernel, &thread->process->space, va, pages);
}

/* Shared memory that the next piece touches goes whole. True: none is left there. */
static bool clear_shared(struct kernel *kernel, struct thread *thread)
{
    const uint64_t *words = thread->work.words;
    uint64_t va = words[WORK_VA] + words[WORK_DONE] * TR_PAGE_SIZE;
    uint64_t pages = least(words[WORK_PAGES] - words[WORK_DONE], STEP_PAGES);
    uint64_t budget = STEP_PAGES;
    struct shared_member *member;
    while ((member = shared_member_in(thread->process, va, pages)) != NULL) {
        uint64_t size = member->shared->pages;
        if (!shared_leave_step(kernel, member, thread) || size >= budget) {
            return false;
        }
        budget -= size;
    }
    return true;
}

static int64_t clear_step(struct kernel *kernel, struct thread *thread)
{
    return clear_shared(kernel, thread) && work_piece(kernel, thread, clear_piece) ? 0 : CALL_LATER;
}

int64_t call_memory_clear(struct kernel *kernel, uint64_t lo, uint64_t hi)
{
    const struct hal_space *window = &kernel_caller(kernel)->space.hal;
    if (((lo | hi) & (TR_PAGE_SIZE - 1)) != 0 || lo > hi) {
        return TR_E_INVAL;
    }
    uint64_t first = lo < window->base ? window->base : lo;
    uint64_t end = least(hi, window->base + window->size);
    if (first >= end) {
        return 0;
    }
    return work_begin(kernel, first, (end - first) / TR_PAGE_SIZE, 0, clear_step, shared_abort);
}

int64_t call_memory_info(struct kernel *kernel, uint64_t info)
{
    struct process *self = kernel_caller(kernel);
    const struct tr_memory_info facts = {
        .total = kernel->frames.end - kernel->frames.first,
        .free = kernel->frames.free + kernel->graveyard_pages,
        .own = self->space.pages + shared_pages_charged(self),
    };
    return copy_out(kernel, self, info, &facts, sizeof(facts));
}
