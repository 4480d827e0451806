/* SPDX-License-Identifier: MIT */
/* The audit: every frame, record and queue accounted for, from scratch. Here is what runs and what
 * waits. */

#include "audit.h"

#include "message.h"
#include "pipe.h"
#include "scheduler.h"
#include "shared.h"
#include "state.h"

static const char *const sentences[] = {
#define AUDIT(name, sentence) [AUDIT_##name] = (sentence),
#include "audit.def"
#undef AUDIT
};

void audit_check(struct audit *audit, bool is_fine, enum audit_sentence what)
{
    if (is_fine) {
        return;
    }
    audit->faults++;
    if (audit->faults > 1) {
        return;
    }
    const char *sentence = sentences[what];
    uint64_t at = 0;
    for (; sentence[at] != 0 && at + 1 < audit->size; at++) {
        audit->text[at] = sentence[at];
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
    audit_check(audit, is_current == (thread->state == THREAD_RUNNING), AUDIT_running_mark);
    switch (thread->state) {
    case THREAD_READY:
        audit_check(audit, is_queued == thread_may_run(thread), AUDIT_ready_place);
        audit->ready += is_queued;
        break;
    case THREAD_RUNNING:
        audit_check(audit, !is_queued, AUDIT_running_place);
        break;
    case THREAD_SLEEPING:
        audit_check(audit, thread->wait != TR_WAIT_NONE, AUDIT_sleep_reason);
        audit_check(audit, thread->wait != TR_WAIT_EVENT || is_queued == thread_may_run(thread),
                    AUDIT_event_waiter);
        break;
    default:
        audit_check(audit, false, AUDIT_thread_ended);
    }
    if (thread->state == THREAD_SLEEPING && thread->wait == TR_WAIT_REPLY) {
        audit_check(audit, thread->on.reply.message->caller == thread, AUDIT_call_unknown);
    }
}

static void audit_scheduler(struct audit *audit)
{
    const struct thread *running = audit->kernel->cpu.current;
    uint64_t queued = audit->kernel->cpu.heir != NULL;
    audit_check(audit, queued == 0 || running == NULL, AUDIT_heir_beside);
    for (uint32_t c = 0; c < TR_KERNEL; c++) {
        uint64_t length = list_length(&audit->kernel->ready[c]);
        queued += length;
        audit_check(audit,
                    length == 0 || (audit->kernel->cpu.due & DUE_CHOICE) != 0 || running == NULL ||
                        running->process->process_class <= c,
                    AUDIT_class_order);
    }
    audit_check(audit, queued == audit->ready, AUDIT_ready_count);
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
        audit_check(audit, message->receiver == process, AUDIT_message_inbox);
        audit_check(audit, message->is_taken == !event_is_queued(&message->slot),
                    AUDIT_message_place);
    }
    audit_check(audit, unread == process->unread, AUDIT_unread_count);
    uint64_t held = 0;
    const struct tree_node *node = tree_first(&process->correspondents);
    for (; node != NULL; node = tree_next(node)) {
        held += CONTAINER(node, const struct correspondent, node)->messages;
    }
    audit_check(audit, held == counted, AUDIT_sender_count);
}

static void audit_process(struct audit *audit, const struct process *process)
{
    audit_check(audit, list_length(&process->threads) == process->thread_count, AUDIT_thread_count);
    audit_check(audit, list_is_empty(&process->events) || list_is_empty(&process->waiters),
                AUDIT_event_waits);
    LIST_FOR (link, &process->events) {
        audit_check(audit, CONTAINER(link, struct event_slot, link)->event.count > 0,
                    AUDIT_event_empty);
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
    audit_check(audit, count == kernel->process_count, AUDIT_process_count);
    audit_check(audit, count == kernel->objects.live[OBJECT_PROCESS], AUDIT_process_objects);
    audit_check(audit, audit->threads == kernel->objects.live[OBJECT_THREAD], AUDIT_thread_objects);
    audit_check(audit, audit->messages == kernel->objects.live[OBJECT_MESSAGE],
                AUDIT_message_objects);
}

/* ---- Pipes and shared memory ----------------------------------------------------------------- */

static void audit_pipes(struct audit *audit)
{
    LIST_FOR (link, &audit->kernel->pipes) {
        const struct pipe *pipe = CONTAINER(link, struct pipe, all);
        audit_check(audit, pipe->written - pipe->read <= TR_PIPE_SIZE, AUDIT_pipe_ring);
        audit_check(audit,
                    list_length(&pipe->members) == pipe->member_count && pipe->member_count > 0,
                    AUDIT_pipe_members);
    }
}

static void audit_shareds(struct audit *audit)
{
    LIST_FOR (link, &audit->kernel->shareds) {
        const struct shared *shared = CONTAINER(link, struct shared, all);
        audit_check(audit,
                    list_length(&shared->members) == shared->member_count &&
                        shared->member_count > 0,
                    AUDIT_shared_members);
    }
}

static void audit_frame_total(struct audit *audit)
{
    const struct frame_table *table = &audit->kernel->frames;
    uint64_t frames = 0;
    for (uint32_t use = 0; use < FRAME_USES; use++) {
        frames += table->by_use[use];
    }
    audit_check(audit, frames == table->end - table->first, AUDIT_frame_total);
}

/* What is looked at each time. */
static void audit_all_but_frames(struct audit *audit)
{
    audit_frame_total(audit);
    audit_processes(audit);
    audit_pipes(audit);
    audit_shareds(audit);
    audit_records(audit);
    audit_scheduler(audit);
    audit_check(audit, audit->bodies == audit->kernel->frames.by_use[FRAME_BODY],
                AUDIT_body_frames);
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
    audit_all_but_frames(&audit);
    if (audit.faults != 0) {
        panic_hard(kernel, "audit", 0, text);
    }
}
