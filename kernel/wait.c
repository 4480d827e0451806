/* SPDX-License-Identifier: MIT */
/* What a thread waits for, as the calls tell it (interface.md 4.6). It only looks, at a few records
 * whatever there is: who follows the waits from thread to thread is outside of the kernel. */

#include "wait.h"

#include <terrarium/types.h>

#include "irq.h"
#include "message.h"
#include "pipe.h"
#include "process.h"
#include "thread.h"

/* The other one of two members; 0: there are more, or none. */
static uint64_t other_member(const struct pipe *pipe, const struct process *process)
{
    if (pipe->member_count != 2) {
        return 0;
    }
    LIST_FOR (link, &pipe->members) {
        const struct pipe_member *member = CONTAINER(link, const struct pipe_member, in_pipe);
        if (member->process != process) {
            return member->process->object.id;
        }
    }
    return 0;
}

static void describe_pipe(const struct thread *thread, struct tr_thread_info *info)
{
    const struct pipe *pipe = thread->on.pipe.member->pipe;
    info->object = pipe->object.id;
    info->peer = other_member(pipe, thread->process);
}

static void describe_event(const struct thread *thread, struct tr_thread_info *info)
{
    const struct list *irqs = &thread->process->irqs;
    if (!list_is_empty(irqs)) {
        info->object = CONTAINER(irqs->next, const struct irq_listener, owned)->line + 1;
    }
}

void wait_describe(const struct thread *thread, struct tr_thread_info *info)
{
    info->wait = thread->wait;
    info->peer = info->object = info->until = 0;
    switch (thread->wait) {
    case TR_WAIT_NONE:
        return;
    case TR_WAIT_REPLY:
        info->object = thread->on.reply.message->object.id;
        info->peer = thread->on.reply.message->receiver->object.id;
        break;
    case TR_WAIT_PIPE_READ:
    case TR_WAIT_PIPE_WRITE:
        describe_pipe(thread, info);
        break;
    case TR_WAIT_EVENT:
        describe_event(thread, info);
        break;
    case TR_WAIT_SLEEP:
    case TR_WAIT_KEY:
    case TR_WAIT_PAGE:
        break;
    }
    info->until = thread->timeout.armed ? thread->timeout.node.key : TR_FOREVER;
}
