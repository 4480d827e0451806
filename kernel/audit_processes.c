/* SPDX-License-Identifier: MIT */
/* The audit of processes: their threads, messages and names. */

#include "audit.h"

#include "log.h"
#include "message.h"
#include "scheduler.h"
#include "state.h"

/* ---- Threads --------------------------------------------------------------------------------- */

static void audit_sleeper(struct audit *audit, const struct thread *thread)
{
    bool is_queued = !list_is_empty(&thread->queue);
    audit_check(audit, thread->wait != TR_WAIT_NONE, AUDIT_sleep_reason);
    audit_check(audit, thread->step == NULL || thread->wait == TR_WAIT_KEY, AUDIT_sleep_step);
    if (thread->wait == TR_WAIT_EVENT) {
        audit_check(audit, is_queued == thread_may_run(thread), AUDIT_event_waiter);
    } else if (thread->wait == TR_WAIT_REPLY) {
        audit->callers++;
        audit_check(audit, thread->on.reply.message->caller == thread, AUDIT_call_unknown);
    } else if (thread->wait == TR_WAIT_KEY) {
        audit_check(audit, thread->timeout.armed, AUDIT_key_alarm);
    }
}

static void audit_thread(struct audit *audit, const struct thread *thread)
{
    const struct kernel *kernel = audit->kernel;
    bool is_queued = !list_is_empty(&thread->queue) || kernel->cpu.heir == thread;
    bool is_current = kernel->cpu.current == thread;
    audit->running += is_current;
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
        audit_sleeper(audit, thread);
        break;
    default:
        audit_check(audit, false, AUDIT_thread_ended);
    }
    audit_check(audit, thread->state == THREAD_SLEEPING || !thread->timeout.armed,
                AUDIT_thread_alarm);
    audit_check(audit, thread->slice_left > 0 && thread->slice_left <= kernel->config.slice_ns,
                AUDIT_thread_slice);
}

/* Those of a process that is being made have never run, and are known to nobody. */
static void audit_threads(struct audit *audit, const struct process *process, bool is_forming)
{
    uint64_t before = 0;
    LIST_FOR (link, &process->threads) {
        const struct thread *thread = CONTAINER(link, struct thread, siblings);
        audit_object(audit, &thread->object, OBJECT_THREAD);
        audit_check(audit, thread->process == process, AUDIT_thread_process);
        audit_check(audit, thread->object.id > before, AUDIT_thread_order);
        before = thread->object.id;
        if (is_forming) {
            audit_check(audit, thread->state == THREAD_READY && list_is_empty(&thread->queue),
                        AUDIT_thread_forming);
        } else {
            audit_thread(audit, thread);
        }
    }
}

/* ---- Messages -------------------------------------------------------------------------------- */

static void audit_message(struct audit *audit, const struct process *process,
                          const struct message *message)
{
    audit_object(audit, &message->object, OBJECT_MESSAGE);
    audit->calls += message->caller != NULL;
    if (message->body.frames != NULL) {
        audit->bodies += (message->body.size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
    }
    audit_check(audit, message->receiver == process, AUDIT_message_inbox);
    audit_check(audit, message->is_taken == !event_is_queued(&message->slot), AUDIT_message_place);
    audit_check(audit,
                (message->correspondent != NULL) == (message->is_unread && !message->is_record),
                AUDIT_message_counted);
}

/* What is unread of one sender: its own count, and its limits. */
static void audit_correspondent(struct audit *audit, const struct process *process,
                                const struct correspondent *one)
{
    const struct tr_system_limits *limits = &audit->kernel->config.limits;
    uint64_t messages = 0;
    uint64_t bytes = 0;
    LIST_FOR (link, &process->inbox) {
        const struct message *message = CONTAINER(link, struct message, inbox);
        if (message->correspondent == one) {
            messages++;
            bytes += message->body.size;
        }
    }
    audit_check(audit, one->messages == messages && one->bytes == bytes, AUDIT_sender_count);
    audit_check(audit, messages <= limits->messages_per_sender && bytes <= limits->bytes_per_sender,
                AUDIT_sender_limit);
    audit_check(audit, messages > 0 || one == process->idle_correspondent, AUDIT_sender_idle);
}

static void audit_inbox(struct audit *audit, const struct process *process)
{
    uint64_t unread = 0;
    uint64_t records = 0;
    LIST_FOR (link, &process->inbox) {
        const struct message *message = CONTAINER(link, struct message, inbox);
        audit_message(audit, process, message);
        unread += message->is_unread;
        records += message->is_record;
    }
    audit_check(audit, unread == process->unread, AUDIT_unread_count);
    audit_check(audit, records == process->log_records && records <= LOG_QUEUE_MAX,
                AUDIT_log_records);
    const struct tree_node *node = tree_first(&process->correspondents);
    for (; node != NULL; node = tree_next(node)) {
        audit_correspondent(audit, process, CONTAINER(node, const struct correspondent, node));
    }
}

/* ---- Processes ------------------------------------------------------------------------------- */

static void audit_process(struct audit *audit, const struct process *process, bool is_forming)
{
    audit_check(audit, list_length(&process->threads) == process->thread_count, AUDIT_thread_count);
    audit_check(audit, list_is_empty(&process->events) || list_is_empty(&process->waiters),
                AUDIT_event_waits);
    LIST_FOR (link, &process->events) {
        audit_check(audit, CONTAINER(link, struct event_slot, link)->event.count > 0,
                    AUDIT_event_empty);
    }
    audit_check(audit,
                process->account->process_class == process->process_class &&
                    !process->account->is_orphan,
                AUDIT_process_account);
    audit_check(audit, process->penalty_end == 0 || process->wrong_joins > 0, AUDIT_key_penalty);
    audit_inbox(audit, process);
    audit_threads(audit, process, is_forming);
    if (audit->is_whole) {
        audit_memory(audit, process);
    }
}

/* What holds only for one that has been admitted. */
static void audit_admitted(struct audit *audit, const struct process *process)
{
    audit_object(audit, &process->object, OBJECT_PROCESS);
    audit_check(audit, process->by_id.key == process->object.id, AUDIT_process_id);
    audit_check(audit, !process->is_ending, AUDIT_process_ending);
    audit_check(audit, process->thread_count > 0 || process->is_blank, AUDIT_process_threads);
    audit_check(audit,
                process->is_blank || process_of_name(audit->kernel, process->name,
                                                     process->object.id - 1) == process,
                AUDIT_process_name);
}

/* One that has gone has left no name behind. */
static void audit_names(struct audit *audit, uint64_t processes)
{
    for (uint32_t i = 0; i < KERNEL_NAMES; i++) {
        processes -= list_length(&audit->kernel->names[i]);
    }
    audit_check(audit, processes == 0, AUDIT_name_count);
}

void audit_processes(struct audit *audit)
{
    struct kernel *kernel = audit->kernel;
    uint64_t asked = 0;
    const struct tree_node *node = tree_first(&kernel->processes);
    for (; node != NULL; node = tree_next(node)) {
        const struct process *process = CONTAINER(node, struct process, by_id);
        audit_admitted(audit, process);
        audit_process(audit, process, false);
        asked += process->is_asked;
    }
    LIST_FOR (link, &kernel->forming) {
        audit_process(audit, CONTAINER(link, struct process, named), true);
    }
    audit_check(audit, audit_tree(audit, &kernel->processes) == kernel->process_count,
                AUDIT_process_count);
    audit_check(audit, asked == kernel->stop.waiting, AUDIT_stop_waiting);
    audit_check(audit, audit->calls == audit->callers, AUDIT_call_count);
    audit_check(audit, kernel->log.reader == process_of_name(kernel, "a\\log", 0),
                AUDIT_log_reader);
    if (audit->is_whole) {
        audit_names(audit, kernel->process_count);
    }
}
