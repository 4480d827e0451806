/* SPDX-License-Identifier: MIT */
#pragma once

/* What the files of messages share: message.c (how one begins and ends), message_send.c and
 * message_receive.c (the calls). Nobody else includes this. */

#include <terrarium/error.h>

#include "copy_view.h"
#include "message.h"
#include "state.h"

/* A record without a body, in nobody's inbox yet. 0 with *message set, TR_E_LIMIT or TR_E_NOMEM. */
int64_t message_make(struct kernel *kernel, struct account *account, struct process *receiver,
                     uint64_t size, struct message **message);
/* Takes message_make back, and the body and the count if there are any. */
void message_unmake(struct kernel *kernel, struct message *message);
/* The body is no longer there to be read. */
void message_drop_body(struct kernel *kernel, struct message *message);
/* Ends one that is in an inbox. Who waits for the reply has been told. */
void message_free(struct kernel *kernel, struct message *message, enum message_end end);
/* Tells who waits for a reply that none comes. */
void message_fail_caller(struct kernel *kernel, struct message *message);

/* A message or reply that the running process wants to send: its size, and that it can be read. */
static inline int64_t message_check_body(struct kernel *kernel, uint64_t buf, uint64_t len,
                                         struct copy_source *body)
{
    if (len > kernel->config.limits.message_size) {
        return TR_E_TOOBIG;
    }
    return copy_source_set(kernel, kernel_caller(kernel), buf, len, body);
}
