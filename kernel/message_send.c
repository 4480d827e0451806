/* SPDX-License-Identifier: MIT */
/* Sending: the sender's calls, and the kernel's own records to the log. A message whose receiver
 * waits for it with room goes straight from memory to memory; any other keeps its body until it is
 * read, and counts against the limits of its sender. */

#include "call.h"
#include "message_parts.h"

/* One whose body is copied from a process, or from the kernel if it is NULL. */
static int64_t make_full(struct kernel *kernel, struct process *sender, struct process *receiver,
                         uint64_t va, uint64_t size, struct message **message)
{
    struct account *account = sender == NULL ? &kernel->root_account : sender->account;
    int64_t result = message_make(kernel, account, receiver, size, message);
    if (result < 0) {
        return result;
    }
    result = body_fill(kernel, &(*message)->body, account, sender, va);
    if (result < 0) {
        pool_give(kernel, &kernel->pools.message, account, *message);
        return result;
    }
    (*message)->is_unread = true;
    return 0;
}

/* The thread that would take a message of so many bytes this moment, body and all: one that waits
 * in reply_wait with room. Then the body needs no place in between, and no limit. */
static struct thread *direct_taker(struct kernel *kernel, struct process *receiver, uint64_t len)
{
    struct thread *taker = event_taker(receiver);
    if (taker == NULL || receiver->unread != 0 || !taker->on.event.wants_body ||
        len > taker->on.event.body.size) {
        return NULL;
    }
    /* If its memory is gone, the long way finds out what to do. */
    return event_may_hand(kernel, taker) == 0 &&
                   copy_target_check(kernel, receiver, &taker->on.event.body, len) == 0
               ? taker
               : NULL;
}

/* One that waits in the receiver's queue: its body is kept, and it is counted. */
static int64_t prepare_queued(struct kernel *kernel, struct process *receiver,
                              const struct copy_source *body, struct message **message)
{
    struct process *sender = kernel_caller(kernel);
    struct correspondent *one;
    int64_t result = correspondent_get(kernel, receiver, sender, body->size, &one);
    if (result < 0) {
        return result;
    }
    result = make_full(kernel, sender, receiver, body->va, body->size, message);
    if (result < 0) {
        correspondent_release(kernel, receiver, one);
        return result;
    }
    correspondent_add(one, body->size);
    (*message)->correspondent = one;
    return 0;
}

/* Checks and makes: what send and call share. `taker` gets who takes it directly, or NULL. */
static int64_t prepare(struct kernel *kernel, uint64_t pid, const struct copy_source *body,
                       struct message **message, struct thread **taker)
{
    struct process *sender = kernel_caller(kernel);
    struct process *receiver = process_find(kernel, pid);
    if (receiver == NULL) {
        return TR_E_NOENT;
    }
    if ((receiver->accept_mask & TR_CLASS_MASK(sender->process_class)) == 0) {
        return TR_E_PERM;
    }
    *taker = direct_taker(kernel, receiver, body->size);
    return *taker != NULL ? message_make(kernel, sender->account, receiver, body->size, message)
                          : prepare_queued(kernel, receiver, body, message);
}

/* Into the receiver's inbox, not yet into its queue. */
static inline void enter_inbox(struct kernel *kernel, struct message *message,
                               struct message_stamp stamp, uint64_t tag)
{
    object_enter(kernel, &message->object, OBJECT_MESSAGE);
    struct process *receiver = message->receiver;
    list_append(&receiver->inbox, &message->inbox);
    receiver->unread += message->is_unread;
    struct tr_event *event = &message->slot.event;
    event->kind = TR_EVENT_MESSAGE;
    event->flags = message->is_call ? TR_EVENT_CALL : 0;
    event->object = message->object.id;
    event->source_pid = stamp.pid;
    event->source_class = stamp.process_class;
    event->count = 1;
    event->size = message->body.size;
    event->cookie = tag;
}

/* It goes on its way: to its taker with the body, or into the queue. */
static void post(struct kernel *kernel, struct message *message, struct thread *taker,
                 const struct copy_source *body)
{
    if (taker == NULL) {
        event_queue(kernel, message->receiver, &message->slot);
        return;
    }
    (void)copy_across_to_target(kernel, body, taker->process, &taker->on.event.body);
    message->slot.event.flags |= TR_EVENT_BODY;
    event_hand(kernel, taker, &message->slot, (int64_t)body->size);
}

int64_t call_message_send(struct kernel *kernel, uint64_t pid, uint64_t buf, uint64_t len,
                          uint64_t tag)
{
    struct process *sender = kernel_caller(kernel);
    struct message *message;
    struct thread *taker;
    struct copy_source body;
    int64_t result = message_check_body(kernel, buf, len, &body);
    if (result == 0) {
        result = prepare(kernel, pid, &body, &message, &taker);
    }
    if (result < 0) {
        return result;
    }
    const struct message_stamp stamp = {sender->object.id, sender->process_class};
    enter_inbox(kernel, message, stamp, tag);
    result = (int64_t)message->object.id;
    post(kernel, message, taker, &body);
    return result;
}

int64_t message_send_record(struct kernel *kernel, struct process *receiver, const void *text,
                            uint64_t size, uint64_t tag, struct message_stamp stamp)
{
    struct message *message;
    int64_t result = make_full(kernel, NULL, receiver, (uint64_t)(uintptr_t)text, size, &message);
    if (result < 0) {
        return result;
    }
    message->is_record = true;
    enter_inbox(kernel, message, stamp, tag);
    event_queue(kernel, receiver, &message->slot);
    return 0;
}

int64_t call_message_call(struct kernel *kernel, uint64_t pid, uint64_t buf, uint64_t len,
                          uint64_t rbuf, uint64_t rcap, uint64_t timeout)
{
    struct thread *thread = kernel->cpu.current;
    struct process *sender = thread->process;
    struct wait_reply *wait = &thread->on.reply;
    struct message *message;
    struct thread *taker;
    struct copy_source body;
    int64_t result = message_check_body(kernel, buf, len, &body);
    if (result == 0) {
        result = copy_target_set(kernel, sender, rbuf, rcap, &wait->to);
    }
    if (result == 0) {
        result = prepare(kernel, pid, &body, &message, &taker);
    }
    if (result < 0) {
        return result;
    }
    if (timeout == 0 || thread->is_noblock) {
        message_unmake(kernel, message);
        return TR_E_AGAIN;
    }
    message->is_call = true;
    message->caller = thread;
    const struct message_stamp stamp = {sender->object.id, sender->process_class};
    enter_inbox(kernel, message, stamp, 0);
    wait->message = message;
    thread_sleep_on(kernel, thread, TR_WAIT_REPLY, alarm_after(kernel, timeout));
    post(kernel, message, taker, &body);
    return CALL_LATER;
}
