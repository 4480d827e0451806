/* SPDX-License-Identifier: MIT */
#pragma once

/* Messages (interface.md 6). One record is message and event: its slot is its place in the
 * receiver's queue. Small bodies lie in the record, larger ones in frames or a pool record.
 *
 *   sent (queued, unread) -> taken -> read -> gone (plain)
 *                                  -> read -> replied or discarded -> gone (call) */

#include <stdbool.h>
#include <stdint.h>

#include "body.h"
#include "correspondent.h"
#include "event.h"
#include "list.h"
#include "object.h"

struct account;
struct copy_target;
struct kernel;
struct process;
struct thread;

/* How a message ended: read (with its event or by a call), replied to, discarded unread or
 * unanswered, or with its receiver. What was sent and has not ended is in an inbox. */
enum message_end { MESSAGE_READ, MESSAGE_REPLIED, MESSAGE_DISCARDED, MESSAGE_ORPHANED };
#define MESSAGE_ENDS 4

struct message {
    struct object object;
    struct event_slot slot; /* its event holds source, class, size, tag, flags */
    struct list inbox;      /* in receiver->inbox */
    struct process *receiver;
    struct account *account;             /* the sender's */
    struct correspondent *correspondent; /* while unread; NULL: not counted (the log's records) */
    struct thread *caller;               /* sleeps for the reply; NULL: plain, or gone */
    bool is_call, is_taken, is_unread;
    bool is_record;   /* sent by the log */
    struct body body; /* empty once read */
};

/* In whose name a message comes. */
struct message_stamp {
    uint64_t pid;
    uint32_t process_class;
};
/* The kernel's own record to the log: of class TR_KERNEL and source 0, or in the name of a program.
 * The kernel's account is charged. 0 or a TR_E_*. */
int64_t message_send_record(struct kernel *kernel, struct process *receiver, const void *text,
                            uint64_t size, uint64_t tag, struct message_stamp stamp);
/* The caller gives up (timeout, end): the message stays, the reply will be PEER. */
void message_caller_gone(struct message *message);
/* Everything in the inbox goes; callers get PEER. */
void message_end_all(struct kernel *kernel, struct process *process);

/* For event.c: delivers a body along with its event if it fits (reply_wait). Returns bytes
 * delivered and sets TR_EVENT_BODY, or 0; negative: the memory is gone. */
int64_t message_deliver_body(struct kernel *kernel, struct process *process,
                             struct event_slot *slot, const struct copy_target *to);
