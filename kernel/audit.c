/* SPDX-License-Identifier: MIT */
/* The audit: every frame, record and queue accounted for, from scratch. Here is what runs and what
 * waits. */

#include "audit.h"

#include "message.h"
#include "pipe.h"
#include "scheduler.h"
#include "shared.h"
#include "state.h"

void audit_check(struct audit *audit, bool is_fine, const char *what)
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

/* ---- Threads and the scheduler --------------------------------------------------------------- */

static void audit_thread(struct audit *audit, const struct thread *thread)
{
    const struct kernel *kernel = audit->kernel;
    bool is_heir = kernel->cpu.heir == thread;
    bool is_queued = !list_is_empty(&thread->queue) || is_heir;
    bool is_current = kernel->cpu.current == thread;
    audit->threads++;
    audit_check(audit, is_current == (thread->state == THREAD_RUNNING),
                "the running thread is not the one marked so");
    switch (thread->state) {
    case THREAD_READY:
        audit_check(audit, is_queued == thread_may_run(thread),
                    "a ready thread is not in its run queue, or a suspended one is");
        audit->ready += is_queued;
        break;
    case THREAD_RUNNING:
        audit_check(audit, !is_queued, "the running thread is queued");
        break;
    case THREAD_SLEEPING:
        audit_check(audit, thread->wait != TR_WAIT_NONE, "a thread sleeps for nothing");
        audit_check(audit, thread->wait != TR_WAIT_EVENT || is_queued == thread_may_run(thread),
                    "a thread that waits for events is not in the line");
        break;
    default:
        audit_check(audit, false, "an ended thread is still there");
    }
    if (thread->state == THREAD_SLEEPING && thread->wait == TR_WAIT_REPLY) {
        audit_check(audit, thread->on.reply.message->caller == thread,
                    "a caller waits on a message that does not know it");
    }
}

static void audit_scheduler(struct audit *audit)
{
    const struct thread *running = audit->kernel->cpu.current;
    uint64_t queued = audit->kernel->cpu.heir != NULL;
    audit_check(audit, queued == 0 || running == NULL, "a thread is to run next while one runs");
    for (uint32_t c = 0; c < TR_KERNEL; c++) {
        uint64_t length = list_length(&audit->kernel->ready[c]);
        queued += length;
        audit_check(audit,
                    length == 0 || (audit->kernel->cpu.due & DUE_CHOICE) != 0 || running == NULL ||
                        running->process->process_class <= c,
                    "a thread of a higher class waits for a lower one");
    }
    audit_check(audit, queued == audit->ready, "run queues hold threads that are not ready");
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
        audit_check(audit, message->receiver == process, "a message is in a foreign inbox");
        audit_check(audit, message->is_taken == !event_is_queued(&message->slot),
                    "a message is neither queued nor taken");
    }
    audit_check(audit, unread == process->unread, "unread messages do not add up");
    uint64_t held = 0;
    const struct tree_node *node = tree_first(&process->correspondents);
    for (; node != NULL; node = tree_next(node)) {
        held += CONTAINER(node, const struct correspondent, node)->messages;
    }
    audit_check(audit, held == counted, "messages per sender do not add up");
}

static void audit_process(struct audit *audit, const struct process *process)
{
    audit_check(audit, list_length(&process->threads) == process->thread_count,
                "a process's threads do not add up");
    audit_check(audit, list_is_empty(&process->events) || list_is_empty(&process->waiters),
                "a thread waits while an event is queued");
    LIST_FOR (link, &process->events) {
        audit_check(audit, CONTAINER(link, struct event_slot, link)->event.count > 0,
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
    audit_check(audit, count == kernel->process_count, "processes do not add up");
    audit_check(audit, count == kernel->objects.live[OBJECT_PROCESS],
                "the object table holds a process that is not there");
    audit_check(audit, audit->threads == kernel->objects.live[OBJECT_THREAD],
                "the object table holds a thread that is not there");
    audit_check(audit, audit->messages == kernel->objects.live[OBJECT_MESSAGE],
                "the object table holds a message that is not there");
}

/* ---- Pipes and shared memory ----------------------------------------------------------------- */

static void audit_pipes(struct audit *audit)
{
    LIST_FOR (link, &audit->kernel->pipes) {
        const struct pipe *pipe = CONTAINER(link, struct pipe, all);
        audit_check(audit, pipe->written - pipe->read <= TR_PIPE_SIZE,
                    "a pipe holds more than was written and not read");
        audit_check(audit,
                    list_length(&pipe->members) == pipe->member_count && pipe->member_count > 0,
                    "a pipe's members do not add up");
    }
}

static void audit_shareds(struct audit *audit)
{
    LIST_FOR (link, &audit->kernel->shareds) {
        const struct shared *shared = CONTAINER(link, struct shared, all);
        audit_check(audit,
                    list_length(&shared->members) == shared->member_count &&
                        shared->member_count > 0,
                    "a shared memory's members do not add up");
    }
}

/* What is looked at each time. */
static void audit_all_but_frames(struct audit *audit)
{
    audit_processes(audit);
    audit_records(audit);
    audit_scheduler(audit);
    audit_pipes(audit);
    audit_shareds(audit);
    audit_check(audit, audit->bodies == audit->kernel->frames.by_use[FRAME_BODY],
                "message bodies do not add up");
}

uint64_t kernel_audit(struct kernel *kernel, char *text, uint64_t size)
{
    struct audit audit = {.kernel = kernel, .text = text, .size = size, .is_whole = true};
    if (size > 0) {
        text[0] = 0;
    }
    audit_all_but_frames(&audit);
    audit_frames(&audit);
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
    audit_check(&audit, frames == kernel->frames.end - kernel->frames.first,
                "frames free and used are not all frames");
    audit_all_but_frames(&audit);
    if (audit.faults != 0) {
        panic_hard(kernel, "audit", 0, text);
    }
}
