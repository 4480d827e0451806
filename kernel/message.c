/* SPDX-License-Identifier: MIT */
/* Messages between processes.
 *
 * Invariants:
 * 1. A message is in its receiver's inbox from sending to its end; its slot is in the receiver's
 *    event queue exactly while it is not taken.
 * 2. receiver->unread counts its messages with is_unread; each of these that is not a record of the
 *    log counts in its correspondent, which exists while that is not 0 (one idle one is kept).
 * 3. message->caller sleeps with wait REPLY on this message; or is NULL. */

#include "message.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy_view.h"
#include "log.h"

/* ---- What a receiver holds of one sender ---------------------------------------------------- */

static void correspondent_free(struct kernel *kernel, struct process *receiver,
                               struct correspondent *one)
{
    tree_remove(&receiver->correspondents, &one->node);
    pool_give(kernel, &kernel->pools.correspondent, one->account, one);
}

/* Finds or makes it and checks the limits; nothing is counted yet. */
static int64_t correspondent_get(struct kernel *kernel, struct process *receiver,
                                 const struct process *sender, uint64_t size,
                                 struct correspondent **found)
{
    struct tree_node *node = tree_find(&receiver->correspondents, sender->object.id);
    if (node != NULL) {
        struct correspondent *one = CONTAINER(node, struct correspondent, node);
        *found = one;
        bool is_full = one->messages >= kernel->config.limits.messages_per_sender ||
                       one->bytes + size > kernel->config.limits.bytes_per_sender;
        return is_full ? TR_E_LIMIT : 0;
    }
    void *record;
    int64_t result = pool_take(kernel, &kernel->pools.correspondent, sender->account, &record);
    if (result < 0) {
        return result;
    }
    *found = record;
    (*found)->account = sender->account;
    tree_insert(&receiver->correspondents, &(*found)->node, sender->object.id);
    return 0;
}

/* Nothing of this sender is unread any more: keep it for the next time, drop the one kept before.
 */
static void correspondent_idle(struct kernel *kernel, struct process *receiver,
                               struct correspondent *one)
{
    struct correspondent *kept = receiver->idle_correspondent;
    if (kept != NULL && kept != one && kept->messages == 0) {
        correspondent_free(kernel, receiver, kept);
    }
    receiver->idle_correspondent = one;
}

/* ---- The life of a message ------------------------------------------------------------------ */

/* The body is no longer there to be read. */
static void body_gone(struct kernel *kernel, struct message *message)
{
    if (!message->is_unread) {
        return;
    }
    struct process *receiver = message->receiver;
    struct correspondent *one = message->correspondent;
    message->is_unread = false;
    receiver->unread--;
    if (one != NULL) {
        one->messages--;
        one->bytes -= message->body.size;
        message->correspondent = NULL;
        if (one->messages == 0) {
            correspondent_idle(kernel, receiver, one);
        }
    }
    body_free(kernel, &message->body, message->account);
}

static void message_free(struct kernel *kernel, struct message *message, enum message_end end)
{
    kernel->message_ends[end]++;
    bool is_record = message->is_record;
    struct process *receiver = message->receiver;
    body_gone(kernel, message);
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

/* The end of a call without a reply. */
static void message_fail_caller(struct kernel *kernel, struct message *message)
{
    struct thread *caller = message->caller;
    if (caller != NULL) {
        message->caller = NULL;
        thread_wake(kernel, caller, TR_E_PEER);
    }
}

void message_caller_gone(struct kernel *kernel, struct message *message)
{
    (void)kernel;
    message->caller = NULL;
}

void message_end_all(struct kernel *kernel, struct process *process)
{
    while (!list_is_empty(&process->inbox)) {
        struct message *message = CONTAINER(process->inbox.next, struct message, inbox);
        message_fail_caller(kernel, message);
        message->is_record = false;
        message_free(kernel, message, MESSAGE_ORPHANED);
    }
    if (process->idle_correspondent != NULL) {
        correspondent_free(kernel, process, process->idle_correspondent);
        process->idle_correspondent = NULL;
    }
}

/* A record without a body, not yet anybody's. */
static int64_t message_make(struct kernel *kernel, struct account *account, uint64_t len,
                            struct message **message)
{
    void *record;
    int64_t result = pool_take_raw(kernel, &kernel->pools.message, account, &record);
    if (result < 0) {
        return result;
    }
    struct message *made = record;
    made->account = account;
    made->caller = NULL;
    made->correspondent = NULL;
    made->is_call = made->is_taken = made->is_record = made->is_unread = false;
    body_init(&made->body, len);
    event_slot_init(&made->slot, message_taken);
    *message = made;
    return 0;
}

/* The same with its body filled. */
static int64_t message_make_full(struct kernel *kernel, struct account *account,
                                 struct process *from, uint64_t buf, uint64_t len,
                                 struct message **message)
{
    int64_t result = message_make(kernel, account, len, message);
    if (result < 0) {
        return result;
    }
    result = body_fill(kernel, &(*message)->body, account, from, buf);
    if (result < 0) {
        pool_give(kernel, &kernel->pools.message, account, *message);
        return result;
    }
    (*message)->is_unread = true;
    return 0;
}

/* Into the receiver's inbox, not yet into its queue. */
static void message_enter(struct kernel *kernel, struct message *message, struct process *receiver,
                          struct message_stamp stamp, uint64_t tag)
{
    object_enter(kernel, &message->object, OBJECT_MESSAGE);
    message->receiver = receiver;
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

/* A message that waits in the receiver's queue: counted, its body kept. */
static int64_t message_prepare_queued(struct kernel *kernel, struct process *receiver,
                                      const struct copy_source *body, struct message **message)
{
    struct process *sender = kernel_caller(kernel);
    struct correspondent *one;
    int64_t result = correspondent_get(kernel, receiver, sender, body->size, &one);
    if (result < 0) {
        return result;
    }
    result = message_make_full(kernel, sender->account, sender, body->va, body->size, message);
    if (result < 0) {
        if (one->messages == 0) {
            correspondent_idle(kernel, receiver, one);
        }
        return result;
    }
    one->messages++;
    one->bytes += body->size;
    (*message)->correspondent = one;
    return 0;
}

/* Checks and makes: what send and call share. `taker` gets who takes it directly, or NULL. */
static int64_t message_prepare(struct kernel *kernel, uint64_t pid, const struct copy_source *body,
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
    int64_t result = *taker != NULL ? message_make(kernel, sender->account, body->size, message)
                                    : message_prepare_queued(kernel, receiver, body, message);
    if (result == 0) {
        (*message)->receiver = receiver;
    }
    return result;
}

/* Takes message_prepare back. */
static void message_unmake(struct kernel *kernel, struct message *message)
{
    struct correspondent *one = message->correspondent;
    if (one != NULL) {
        one->messages--;
        one->bytes -= message->body.size;
        if (one->messages == 0) {
            correspondent_idle(kernel, message->receiver, one);
        }
    }
    body_free(kernel, &message->body, message->account);
    pool_give(kernel, &kernel->pools.message, message->account, message);
}

/* It goes on its way: to its taker with the body, or into the queue. */
static void message_post(struct kernel *kernel, struct message *message, struct thread *taker,
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

static inline int64_t check_body(struct kernel *kernel, uint64_t buf, uint64_t len,
                                 struct copy_source *body)
{
    if (len > kernel->config.limits.message_size) {
        return TR_E_TOOBIG;
    }
    return copy_source_set(kernel, kernel_caller(kernel), buf, len, body);
}

int64_t call_message_send(struct kernel *kernel, uint64_t pid, uint64_t buf, uint64_t len,
                          uint64_t tag)
{
    struct process *sender = kernel_caller(kernel);
    struct message *message;
    struct thread *taker;
    struct copy_source body;
    int64_t result = check_body(kernel, buf, len, &body);
    if (result == 0) {
        result = message_prepare(kernel, pid, &body, &message, &taker);
    }
    if (result < 0) {
        return result;
    }
    const struct message_stamp stamp = {sender->object.id, sender->process_class};
    message_enter(kernel, message, message->receiver, stamp, tag);
    result = (int64_t)message->object.id;
    message_post(kernel, message, taker, &body);
    return result;
}

int64_t message_send_record(struct kernel *kernel, struct process *receiver, const void *text,
                            uint64_t size, uint64_t tag, struct message_stamp stamp)
{
    struct message *message;
    int64_t result = message_make_full(kernel, &kernel->root_account, NULL,
                                       (uint64_t)(uintptr_t)text, size, &message);
    if (result < 0) {
        return result;
    }
    message->is_record = true;
    message_enter(kernel, message, receiver, stamp, tag);
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
    int64_t result = check_body(kernel, buf, len, &body);
    if (result == 0) {
        result = copy_target_set(kernel, sender, rbuf, rcap, &wait->to);
    }
    if (result == 0) {
        result = message_prepare(kernel, pid, &body, &message, &taker);
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
    message_enter(kernel, message, message->receiver, stamp, 0);
    wait->message = message;
    thread_sleep_on(kernel, thread, TR_WAIT_REPLY, alarm_after(kernel, timeout));
    message_post(kernel, message, taker, &body);
    return CALL_LATER;
}

/* ---- The receiver's side -------------------------------------------------------------------- */

/* A message of the caller's that it has taken. */
static struct message *message_of(struct kernel *kernel, uint64_t id)
{
    struct object *object = object_find(kernel, OBJECT_MESSAGE, id);
    if (object == NULL) {
        return NULL;
    }
    struct message *message = CONTAINER(object, struct message, object);
    return message->receiver == kernel_caller(kernel) && message->is_taken ? message : NULL;
}

int64_t message_deliver_body(struct kernel *kernel, struct process *process,
                             struct event_slot *slot, const struct copy_target *to)
{
    struct message *message = CONTAINER(slot, struct message, slot);
    if (message->body.size > to->size) {
        return 0;
    }
    int64_t result = copy_target_check(kernel, process, to, message->body.size);
    if (result == 0) {
        result = body_copy_out(kernel, &message->body, process, to->va);
    }
    if (result < 0) {
        return result;
    }
    slot->event.flags |= TR_EVENT_BODY;
    body_gone(kernel, message);
    return (int64_t)slot->event.size;
}

int64_t call_message_read(struct kernel *kernel, uint64_t id, uint64_t buf, uint64_t cap)
{
    struct process *receiver = kernel_caller(kernel);
    int64_t result = copy_check(kernel, receiver, buf, cap, TR_WRITE);
    if (result < 0) {
        return result;
    }
    struct message *message = message_of(kernel, id);
    if (message == NULL || !message->is_unread) {
        return TR_E_NOENT;
    }
    if (message->body.size > cap) {
        return TR_E_TOOBIG;
    }
    int64_t size = (int64_t)message->body.size;
    result = body_copy_out(kernel, &message->body, receiver, buf);
    if (result < 0) {
        return result;
    }
    if (message->is_call) {
        body_gone(kernel, message);
    } else {
        message_free(kernel, message, MESSAGE_READ);
    }
    return size;
}

int64_t call_message_discard(struct kernel *kernel, uint64_t id)
{
    struct message *message = message_of(kernel, id);
    if (message == NULL) {
        return TR_E_NOENT;
    }
    message_fail_caller(kernel, message);
    message_free(kernel, message, MESSAGE_DISCARDED);
    return 0;
}

/* Moves the reply and ends the call; the caller is there. */
static void reply_to(struct kernel *kernel, struct message *message, const struct copy_source *body)
{
    struct thread *caller = message->caller;
    int64_t result = TR_E_TOOBIG;
    if (body->size <= caller->on.reply.to.size) {
        result = copy_across_to_target(kernel, body, caller->process, &caller->on.reply.to);
    }
    message->caller = NULL;
    thread_wake(kernel, caller, result < 0 ? result : (int64_t)body->size);
}

/* Checks of a reply. 0 with *message set. */
static int64_t check_reply(struct kernel *kernel, uint64_t id, uint64_t buf, uint64_t len,
                           struct message **message, struct copy_source *body)
{
    int64_t result = check_body(kernel, buf, len, body);
    if (result < 0) {
        return result;
    }
    *message = message_of(kernel, id);
    if (*message == NULL) {
        return TR_E_NOENT;
    }
    return (*message)->is_call ? 0 : TR_E_INVAL;
}

int64_t call_message_reply(struct kernel *kernel, uint64_t id, uint64_t buf, uint64_t len)
{
    struct message *message;
    struct copy_source body;
    int64_t result = check_reply(kernel, id, buf, len, &message, &body);
    if (result < 0) {
        return result;
    }
    if (message->caller == NULL) {
        result = TR_E_PEER;
    } else {
        reply_to(kernel, message, &body);
    }
    message_free(kernel, message, MESSAGE_REPLIED);
    return result;
}

int64_t call_message_reply_wait(struct kernel *kernel, uint64_t id, uint64_t buf, uint64_t len,
                                uint64_t event, uint64_t rbuf, uint64_t rcap)
{
    struct thread *thread = kernel->cpu.current;
    struct process *process = thread->process;
    struct message *message = NULL;
    struct copy_source body;
    struct wait_event *wait = &thread->on.event;
    if (id != 0 && len > kernel->config.limits.message_size) {
        return TR_E_TOOBIG;
    }
    int64_t result = copy_target_set(kernel, process, event, sizeof(struct tr_event), &wait->to);
    if (result == 0) {
        result = copy_target_set(kernel, process, rbuf, rcap, &wait->body);
    }
    if (result == 0 && id != 0) {
        result = check_reply(kernel, id, buf, len, &message, &body);
    }
    if (result < 0) {
        return result;
    }
    if (thread->is_noblock && list_is_empty(&process->events)) {
        return TR_E_AGAIN;
    }
    wait->most = 1;
    wait->wants_body = true;
    /* If it sleeps it does so first: then the processor is free for the caller that it wakes. */
    bool sleeps = list_is_empty(&process->events);
    if (sleeps) {
        (void)event_wait(kernel, TR_FOREVER);
    }
    if (message != NULL) {
        if (message->caller != NULL) {
            reply_to(kernel, message, &body);
        }
        message_free(kernel, message, MESSAGE_REPLIED);
    }
    return sleeps ? CALL_LATER : event_wait(kernel, TR_FOREVER);
}

int64_t call_message_accept(struct kernel *kernel, uint64_t mask)
{
    struct process *self = kernel_caller(kernel);
    const uint64_t all =
        TR_CLASS_MASK(TR_DRIVER) | TR_CLASS_MASK(TR_SERVER) | TR_CLASS_MASK(TR_APPLICATION);
    if ((mask & ~all) != 0) {
        return TR_E_INVAL;
    }
    int64_t before = (int64_t)self->accept_mask;
    self->accept_mask = mask;
    return before;
}
