/* SPDX-License-Identifier: MIT */
/* Messages between processes: how one begins and ends.
 *
 * Invariants:
 * 1. A message is in its receiver's inbox from sending to its end; its slot is in the receiver's
 *    event queue exactly while it is not taken.
 * 2. receiver->unread counts its messages with is_unread; each of these that is not a record of the
 *    log counts in its correspondent, which exists while that is not 0 (one idle one is kept).
 * 3. message->caller sleeps with wait REPLY on this message; or is NULL. */

#include "log.h"
#include "message_parts.h"

void message_drop_body(struct kernel *kernel, struct message *message)
{
    if (!message->is_unread) {
        return;
    }
    struct process *receiver = message->receiver;
    message->is_unread = false;
    receiver->unread--;
    if (message->correspondent != NULL) {
        correspondent_remove(kernel, receiver, message->correspondent, message->body.size);
        message->correspondent = NULL;
    }
    body_free(kernel, &message->body, message->account);
}

void message_free(struct kernel *kernel, struct message *message, enum message_end end)
{
    kernel->message_ends[end]++;
    bool is_record = message->is_record;
    struct process *receiver = message->receiver;
    message_drop_body(kernel, message);
    event_cancel(&message->slot);
    list_remove(&message->inbox);
    object_leave(kernel, &message->object);
    pool_give(kernel, &kernel->pools.message, message->account, message);
    if (is_record) {
        log_room(kernel, receiver);
    }
}

/* A plain message whose body went along with its event ends here. */
static void message_taken(struct kernel *kernel, struct process *process, struct event_slot *slot,
                          bool delivered)
{
    (void)process;
    struct message *message = CONTAINER(slot, struct message, slot);
    message->is_taken = true;
    if (delivered && !message->is_call && !message->is_unread) {
        message_free(kernel, message, MESSAGE_READ);
    }
}

int64_t message_make(struct kernel *kernel, struct account *account, struct process *receiver,
                     uint64_t size, struct message **message)
{
    void *record;
    int64_t result = pool_take_raw(kernel, &kernel->pools.message, account, &record);
    if (result < 0) {
        return result;
    }
    struct message *made = record;
    made->receiver = receiver;
    made->account = account;
    made->caller = NULL;
    made->correspondent = NULL;
    made->is_call = made->is_taken = made->is_record = made->is_unread = false;
    body_init(&made->body, size);
    event_slot_init(&made->slot, message_taken);
    *message = made;
    return 0;
}

void message_unmake(struct kernel *kernel, struct message *message)
{
    struct correspondent *one = message->correspondent;
    if (one != NULL) {
        correspondent_remove(kernel, message->receiver, one, message->body.size);
    }
    body_free(kernel, &message->body, message->account);
    pool_give(kernel, &kernel->pools.message, message->account, message);
}

void message_fail_caller(struct kernel *kernel, struct message *message)
{
    struct thread *caller = message->caller;
    if (caller != NULL) {
        message->caller = NULL;
        thread_wake(kernel, caller, TR_E_PEER);
    }
}

void message_caller_gone(struct message *message)
{
    message->caller = NULL;
}

void message_end_all(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->inbox)) {
        struct message *message = CONTAINER(process->inbox.next, struct message, inbox);
        message_fail_caller(kernel, message);
        message->is_record = false; /* the log that reads them is what ends */
        message_free(kernel, message, MESSAGE_ORPHANED);
    }
    correspondent_end(kernel, process);
}
