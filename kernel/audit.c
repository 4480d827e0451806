/* SPDX-License-Identifier: MIT */
/* The audit: every frame, record and queue accounted for, from scratch, without believing a
 * counter. Callable between any two entries; changes nothing. */

#include "audit_records.h"
#include "message.h"
#include "physical.h"
#include "pipe.h"
#include "scheduler.h"
#include "shared.h"
#include "state.h"

struct audit {
    struct kernel *kernel;
    char *text;
    uint64_t size, faults;
    bool is_whole; /* down to every frame; else only what is cheap enough for every entry */
    uint64_t tables, user, bodies, dma; /* frames found in use */
    uint64_t threads, messages;
    uint64_t ready; /* threads found in run queues */
};

/* Tells the first fault; counts all. */
static void check(struct audit *audit, bool is_fine, const char *what)
{
    if (is_fine) {
        return;
    }
    audit->faults++;
    if (audit->faults > 1) {
        return;
    }
    uint64_t at = 0;
    for (; what[at] != 0 && at + 1 < audit->size; at++) {
        audit->text[at] = what[at];
    }
    if (audit->size > 0) {
        audit->text[at] = 0;
    }
}

static uint64_t list_length(const struct list *head)
{
    uint64_t length = 0;
    LIST_FOR (link, head) {
        length++;
    }
    return length;
}

/* ---- Frames ---------------------------------------------------------------------------------- */

static void audit_free_runs(struct audit *audit)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint64_t free = 0;
    for (uint32_t order = 0; order < FRAME_ORDERS; order++) {
        for (uint32_t f = table->free_runs.first[order]; f != FRAME_NONE;
             f = table->frames[f].next) {
            const struct frame *head = &table->frames[f];
            check(audit, head->use == FRAME_FREE && head->is_head && head->order == order,
                  "a free run's head is not marked so");
            check(audit, (f & ((UINT32_C(1) << order) - 1)) == 0, "a free run is not aligned");
            free += UINT64_C(1) << order;
        }
    }
    check(audit, free == table->free, "free frames do not add up");
}

static void audit_dma_runs(struct audit *audit)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint64_t idle = 0;
    for (uint32_t order = 0; order < FRAME_ORDERS; order++) {
        for (uint32_t f = table->dma_runs.first[order]; f != FRAME_NONE;
             f = table->frames[f].next) {
            const struct frame *head = &table->frames[f];
            check(audit, head->use == FRAME_DMA && head->is_head && head->order == order,
                  "a run of the DMA pool is not marked so");
            idle += UINT64_C(1) << order;
        }
    }
    check(audit, idle == table->dma_idle, "frames of the DMA pool do not add up");
}

static void audit_uses(struct audit *audit)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint64_t by_use[FRAME_USES] = {0};
    for (uint64_t f = table->first; f < table->end; f++) {
        by_use[table->frames[f].use]++;
    }
    for (uint32_t use = 0; use < FRAME_USES; use++) {
        check(audit, by_use[use] == table->by_use[use], "frames of a use do not add up");
    }
}

/* Gives the number of pages that belong to physical and DMA maps. */
static uint64_t audit_space(struct audit *audit, const struct space *space)
{
    uint64_t slots = (space->hal.size + (UINT64_C(1) << 21) - 1) >> 21;
    uint64_t pages = 0;
    uint64_t mapped = 0;
    audit->tables += UINT64_C(1) << space->root_order;
    for (uint64_t slot = 0; slot < slots; slot++) {
        const uint64_t *leaf = space->leaves[slot];
        if (leaf == NULL) {
            continue;
        }
        audit->tables++;
        uint64_t used = 0;
        for (uint32_t i = 0; i < LEAF_PAGES; i++) {
            used += leaf[i] != 0;
            enum page_kind kind = ENTRY_KIND(leaf[i]);
            pages += kind == PAGE_PRIVATE;
            mapped += kind == PAGE_PHYSICAL || kind == PAGE_DMA;
        }
        const struct frame *frame = &audit->kernel->frames.frames[frame_of(audit->kernel, leaf)];
        check(audit, frame->count == used, "a page table's entries do not add up");
    }
    audit->user += pages;
    return mapped;
}

static void audit_graveyard(struct audit *audit)
{
    uint64_t before = audit->user;
    LIST_FOR (link, &audit->kernel->graveyard) {
        (void)audit_space(audit, &CONTAINER(link, struct grave, link)->space);
    }
    LIST_FOR (link, &audit->kernel->space_pool) {
        (void)audit_space(audit, &CONTAINER(link, struct grave, link)->space);
    }
    check(audit, audit->user - before == audit->kernel->graveyard_pages,
          "the pages of ended and pooled spaces do not add up");
}

/* ---- Pools ----------------------------------------------------------------------------------- */

static void audit_pools(struct audit *audit)
{
    const struct pool *pools = (const struct pool *)&audit->kernel->pools;
    uint64_t count = sizeof(audit->kernel->pools) / sizeof(struct pool);
    uint64_t frames = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (pools[i].size != 0) {
            uint64_t slabs = list_length(&pools[i].partial) + list_length(&pools[i].full);
            frames += slabs << pools[i].slab_order;
            check(audit, pools[i].live + (pools[i].spare != NULL) <= slabs * pools[i].per_slab,
                  "a pool has more records than room");
        }
    }
    check(audit, frames == audit->kernel->frames.by_use[FRAME_POOL],
          "frames of pools do not add up");
}

/* ---- Threads and the scheduler --------------------------------------------------------------- */

static void audit_thread(struct audit *audit, const struct thread *thread)
{
    const struct kernel *kernel = audit->kernel;
    bool is_heir = kernel->cpu.heir == thread;
    bool is_queued = !list_is_empty(&thread->queue) || is_heir;
    bool is_current = kernel->cpu.current == thread;
    audit->threads++;
    check(audit, is_current == (thread->state == THREAD_RUNNING),
          "the running thread is not the one marked so");
    switch (thread->state) {
    case THREAD_READY:
        check(audit, is_queued == thread_may_run(thread),
              "a ready thread is not in its run queue, or a suspended one is");
        audit->ready += is_queued;
        break;
    case THREAD_RUNNING:
        check(audit, !is_queued, "the running thread is queued");
        break;
    case THREAD_SLEEPING:
        check(audit, thread->wait != TR_WAIT_NONE, "a thread sleeps for nothing");
        check(audit, thread->wait != TR_WAIT_EVENT || is_queued == thread_may_run(thread),
              "a thread that waits for events is not in the line");
        break;
    default:
        check(audit, false, "an ended thread is still there");
    }
    if (thread->state == THREAD_SLEEPING && thread->wait == TR_WAIT_REPLY) {
        check(audit, thread->on.reply.message->caller == thread,
              "a caller waits on a message that does not know it");
    }
}

static void audit_scheduler(struct audit *audit)
{
    const struct thread *running = audit->kernel->cpu.current;
    uint64_t queued = audit->kernel->cpu.heir != NULL;
    check(audit, queued == 0 || running == NULL, "a thread is to run next while one runs");
    for (uint32_t c = 0; c < TR_KERNEL; c++) {
        uint64_t length = list_length(&audit->kernel->ready[c]);
        queued += length;
        check(audit,
              length == 0 || (audit->kernel->cpu.due & DUE_CHOICE) != 0 || running == NULL ||
                  running->process->process_class <= c,
              "a thread of a higher class waits for a lower one");
    }
    check(audit, queued == audit->ready, "run queues hold threads that are not ready");
}

/* ---- Processes and messages ------------------------------------------------------------------ */

static void audit_inbox(struct audit *audit, const struct process *process)
{
    uint64_t unread = 0;
    uint64_t counted = 0;
    LIST_FOR (link, &process->inbox) {
        const struct message *message = CONTAINER(link, struct message, inbox);
        audit->messages++;
        unread += message->is_unread;
        counted += message->correspondent != NULL;
        if (message->body.frames != NULL) {
            audit->bodies += (message->body.size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
        }
        check(audit, message->receiver == process, "a message is in a foreign inbox");
        check(audit, message->is_taken == !event_is_queued(&message->slot),
              "a message is neither queued nor taken");
    }
    check(audit, unread == process->unread, "unread messages do not add up");
    uint64_t held = 0;
    const struct tree_node *node = tree_first(&process->correspondents);
    for (; node != NULL; node = tree_next(node)) {
        held += CONTAINER(node, const struct correspondent, node)->messages;
    }
    check(audit, held == counted, "messages per sender do not add up");
}

/* Every page of a map is in the table, and no other page is of its kind. */
static void audit_maps(struct audit *audit, const struct process *process, uint64_t entries)
{
    uint64_t pages = 0;
    LIST_FOR (link, &process->maps) {
        const struct physical_map *map = CONTAINER(link, struct physical_map, owned);
        enum page_kind kind = map->is_dma ? PAGE_DMA : PAGE_PHYSICAL;
        pages += map->pages;
        audit->dma += map->is_dma ? map->pages : 0;
        for (uint32_t i = 0; i < map->pages; i++) {
            const uint64_t *entry =
                space_entry(&process->space, map->va + i * UINT64_C(TR_PAGE_SIZE));
            check(audit,
                  entry != NULL && ENTRY_KIND(*entry) == kind &&
                      ENTRY_FRAME(*entry) == map->frame + i,
                  "a page of a map is not in the table");
        }
    }
    check(audit, pages == entries, "a table has pages of a map that is not there");
}

static void audit_memory(struct audit *audit, const struct process *process)
{
    uint64_t user_before = audit->user;
    uint64_t mapped = audit_space(audit, &process->space);
    check(audit, audit->user - user_before == process->space.pages,
          "a process's pages do not add up");
    audit_maps(audit, process, mapped);
}

static void audit_process(struct audit *audit, const struct process *process)
{
    check(audit, list_length(&process->threads) == process->thread_count,
          "a process's threads do not add up");
    check(audit, list_is_empty(&process->events) || list_is_empty(&process->waiters),
          "a thread waits while an event is queued");
    LIST_FOR (link, &process->events) {
        check(audit, CONTAINER(link, struct event_slot, link)->event.count > 0,
              "a queued event counts nothing");
    }
    audit_inbox(audit, process);
}

static void audit_processes(struct audit *audit)
{
    const struct kernel *kernel = audit->kernel;
    uint64_t count = 0;
    const struct tree_node *node = tree_first(&kernel->processes);
    for (; node != NULL; node = tree_next(node)) {
        const struct process *process = CONTAINER(node, struct process, by_id);
        count++;
        audit_process(audit, process);
        if (audit->is_whole) {
            audit_memory(audit, process);
        }
        LIST_FOR (link, &process->threads) {
            audit_thread(audit, CONTAINER(link, struct thread, siblings));
        }
    }
    LIST_FOR (link, &kernel->forming) {
        audit_process(audit, CONTAINER(link, struct process, named));
        audit->threads += CONTAINER(link, struct process, named)->thread_count;
        if (audit->is_whole) {
            audit_memory(audit, CONTAINER(link, struct process, named));
        }
    }
    check(audit, count == kernel->process_count, "processes do not add up");
    check(audit, count == kernel->objects.live[OBJECT_PROCESS],
          "the object table holds a process that is not there");
    check(audit, audit->threads == kernel->objects.live[OBJECT_THREAD],
          "the object table holds a thread that is not there");
    check(audit, audit->messages == kernel->objects.live[OBJECT_MESSAGE],
          "the object table holds a message that is not there");
}

static void audit_owners(struct audit *audit)
{
    const char *fault = audit_records(audit->kernel);
    check(audit, fault == NULL, fault);
}

/* ---- Pipes and shared memory ----------------------------------------------------------------- */

static void audit_pipes(struct audit *audit)
{
    LIST_FOR (link, &audit->kernel->pipes) {
        const struct pipe *pipe = CONTAINER(link, struct pipe, all);
        check(audit, pipe->written - pipe->read <= TR_PIPE_SIZE,
              "a pipe holds more than was written and not read");
        check(audit, list_length(&pipe->members) == pipe->member_count && pipe->member_count > 0,
              "a pipe's members do not add up");
    }
}

static void audit_shareds(struct audit *audit)
{
    LIST_FOR (link, &audit->kernel->shareds) {
        const struct shared *shared = CONTAINER(link, struct shared, all);
        check(audit,
              list_length(&shared->members) == shared->member_count && shared->member_count > 0,
              "a shared memory's members do not add up");
    }
}

/* Frames that shared memories hold; of one over a map those that it took for lost pages. */
static void audit_shared_frames(struct audit *audit)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint64_t held = 0;
    LIST_FOR (link, &audit->kernel->shareds) {
        const struct shared *shared = CONTAINER(link, struct shared, all);
        for (uint64_t i = 0; i < shared->held; i++) {
            uint32_t frame = shared->frames[i];
            bool is_own = frame >= table->first && frame < table->end &&
                          table->frames[frame].use == FRAME_SHARED;
            check(audit, is_own || shared->is_lent, "a shared memory has a frame of another use");
            held += is_own;
        }
    }
    check(audit, held == table->by_use[FRAME_SHARED], "pages of shared memories do not add up");
}

uint64_t kernel_audit(struct kernel *kernel, char *text, uint64_t size)
{
    struct audit audit = {.kernel = kernel, .text = text, .size = size, .is_whole = true};
    if (size > 0) {
        text[0] = 0;
    }
    audit_free_runs(&audit);
    audit_dma_runs(&audit);
    audit_uses(&audit);
    audit_pools(&audit);
    audit_processes(&audit);
    audit_owners(&audit);
    audit_graveyard(&audit);
    audit_scheduler(&audit);
    audit_pipes(&audit);
    audit_shareds(&audit);
    audit_shared_frames(&audit);
    const uint64_t *by_use = kernel->frames.by_use;
    check(&audit, audit.user == by_use[FRAME_USER], "private pages do not add up");
    check(&audit, audit.tables == by_use[FRAME_TABLE], "page tables do not add up");
    check(&audit, audit.bodies == by_use[FRAME_BODY], "message bodies do not add up");
    check(&audit, audit.dma + kernel->frames.dma_idle == by_use[FRAME_DMA],
          "DMA memory does not add up");
    return audit.faults;
}

/* The invariants that hold after every entry, as far as they can be checked without going through
 * all memory: each thread in exactly one place, nothing runnable above what runs, ids, queues and
 * counts of messages and pipes, frames free plus used. */
void audit_or_panic(struct kernel *kernel)
{
    char text[128];
    struct audit audit = {.kernel = kernel, .text = text, .size = sizeof(text)};
    uint64_t frames = 0;
    for (uint32_t use = 0; use < FRAME_USES; use++) {
        frames += kernel->frames.by_use[use];
    }
    check(&audit, frames == kernel->frames.end - kernel->frames.first,
          "frames free and used are not all frames");
    audit_processes(&audit);
    audit_owners(&audit);
    audit_scheduler(&audit);
    audit_pipes(&audit);
    audit_shareds(&audit);
    check(&audit, audit.bodies == kernel->frames.by_use[FRAME_BODY],
          "message bodies do not add up");
    if (audit.faults != 0) {
        panic_hard(kernel, "audit", 0, text);
    }
}
