/* SPDX-License-Identifier: MIT */
/* What a receiver does with its messages: takes them with their events, reads, answers or discards
 * them, and says whose it accepts. */

#include "call.h"
#include "message_parts.h"

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
    message_drop_body(kernel, message);
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
        message_drop_body(kernel, message);
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
    int64_t result = message_check_body(kernel, buf, len, body);
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
