/* SPDX-License-Identifier: MIT */
#include "audit.h"

#include "message.h"
#include "pipe.h"
#include "shared.h"
#include "state.h"
#include "watch.h"

/* What was found by going through the owners. */
struct tally {
    struct audit *audit;
    struct kernel *kernel;
    uint64_t forming;
    uint64_t correspondents, watches, timers, slots;
    uint64_t pipe_waits, pipe_sleepers, pipe_members, pipe_movers, pipes_moving;
    uint64_t shared_members, lent;
};

static void check(struct tally *tally, bool is_fine, enum audit_sentence what)
{
    audit_check(tally->audit, is_fine, what);
}

/* ---- Processes ------------------------------------------------------------------------------- */

/* Each record of a kind of object is in the table. */
static void check_objects(struct tally *tally)
{
    const struct kernel *kernel = tally->kernel;
    const struct pool *pools[OBJECT_TYPES] = {
        [OBJECT_PROCESS] = &kernel->pools.process, [OBJECT_THREAD] = &kernel->pools.thread,
        [OBJECT_MESSAGE] = &kernel->pools.message, [OBJECT_PIPE] = &kernel->pools.pipe,
        [OBJECT_SHARED] = &kernel->pools.shared,   [OBJECT_DEVICE] = &kernel->pools.device};
    for (uint32_t type = 0; type < OBJECT_TYPES; type++) {
        uint64_t made = type == OBJECT_PROCESS ? tally->forming : 0;
        check(tally, pools[type]->live == kernel->objects.live[type] + made, AUDIT_pool_objects);
    }
}

static void tally_thread(struct tally *tally, const struct thread *thread)
{
    bool is_queued = !list_is_empty(&thread->queue);
    tally->slots += thread->exit_slot != NULL;
    tally->pipe_movers += pipe_is_moving(thread);
    if (thread->state != THREAD_SLEEPING) {
        return;
    }
    if (thread->wait == TR_WAIT_PIPE_READ || thread->wait == TR_WAIT_PIPE_WRITE) {
        tally->pipe_waits++;
    }
    if (thread->wait != TR_WAIT_EVENT) {
        check(tally, !is_queued, AUDIT_sleep_line);
    }
}

static void tally_queues(struct tally *tally, const struct process *process)
{
    LIST_FOR (link, &process->events) {
        const struct event_slot *slot = CONTAINER(link, struct event_slot, link);
        tally->slots += slot->event.kind == TR_EVENT_THREAD_EXIT;
    }
    LIST_FOR (link, &process->waiters) {
        const struct thread *thread = CONTAINER(link, struct thread, queue);
        check(tally,
              thread->process == process && thread->state == THREAD_SLEEPING &&
                  thread->wait == TR_WAIT_EVENT,
              AUDIT_event_line);
    }
    LIST_FOR (link, &process->inbox) {
        const struct message *message = CONTAINER(link, struct message, inbox);
        const struct thread *caller = message->caller;
        check(tally,
              caller == NULL ||
                  (caller->state == THREAD_SLEEPING && caller->on.reply.message == message),
              AUDIT_message_caller);
    }
}

static void tally_watches(struct tally *tally, const struct process *process)
{
    LIST_FOR (link, &process->watches) {
        const struct watch *watch = CONTAINER(link, struct watch, owned);
        bool is_there = process_find(tally->kernel, watch->target) != NULL;
        tally->watches++;
        check(tally, watch->owner == process, AUDIT_watch_owner);
        check(tally, is_there != watch->is_target_gone, AUDIT_watch_target);
        check(tally, is_there || event_is_queued(&watch->exit), AUDIT_watch_event);
    }
    check(tally,
          list_length(&process->watches) == audit_tree(tally->audit, &process->watches_by_pid),
          AUDIT_watch_by_pid);
    LIST_FOR (link, &process->watched_by) {
        const struct watch *watch = CONTAINER(link, struct watch, on_target);
        check(tally,
              watch->target == process->object.id && audit_is_alive(tally->audit, watch->owner),
              AUDIT_watched_by);
    }
}

static void tally_process(struct tally *tally, const struct process *process)
{
    LIST_FOR (link, &process->threads) {
        tally_thread(tally, CONTAINER(link, struct thread, siblings));
    }
    tally_queues(tally, process);
    tally_watches(tally, process);
    tally->correspondents += audit_tree(tally->audit, &process->correspondents);
    tally->timers += audit_tree(tally->audit, &process->timers);
    LIST_FOR (link, &process->lent) {
        tally->lent++;
        check(tally, CONTAINER(link, struct shared, lent)->lender == process, AUDIT_lender);
    }
}

/* ---- What is beside them --------------------------------------------------------------------- */

/* One thread of a line. It may not wait there if it is first and could be served now. */
static void tally_waiter(struct tally *tally, const struct pipe *pipe, const struct thread *thread,
                         enum tr_wait wait)
{
    const struct wait_pipe *on = &thread->on.pipe;
    bool is_mover = thread == pipe->mover;
    tally->pipe_sleepers += !is_mover;
    check(tally, is_mover || (thread->state == THREAD_SLEEPING && thread->wait == wait),
          AUDIT_pipe_line_wait);
    check(tally, on->member->pipe == pipe && on->is_write == (wait == TR_WAIT_PIPE_WRITE),
          AUDIT_pipe_line_pipe);
    check(tally, on->member->process == thread->process, AUDIT_pipe_wait_process);
    check(tally, on->done < on->size && (on->flags & TR_NOWAIT) == 0, AUDIT_pipe_wait_needless);
    check(tally, pipe->mover != NULL || on->done == 0 || (on->flags & TR_PARTIAL) == 0,
          AUDIT_pipe_wait_content);
    check(tally, pipe->mover == NULL || thread_may_run(pipe->mover) || !thread_may_run(thread),
          AUDIT_pipe_stands_still);
}

static void tally_line(struct tally *tally, const struct pipe *pipe, const struct list *line,
                       enum tr_wait wait)
{
    LIST_FOR (link, line) {
        tally_waiter(tally, pipe, CONTAINER(link, struct thread, on.pipe.in_line), wait);
    }
}

/* What holds between any two entries (pipe_transfer.c). */
static void tally_lines_of_pipe(struct tally *tally, const struct pipe *pipe)
{
    uint64_t before = tally->pipe_sleepers;
    tally_line(tally, pipe, &pipe->readers, TR_WAIT_PIPE_READ);
    tally_line(tally, pipe, &pipe->writers, TR_WAIT_PIPE_WRITE);
    uint64_t waiting = list_length(&pipe->readers) + list_length(&pipe->writers);
    uint64_t sleepers = tally->pipe_sleepers - before;
    tally->pipes_moving += pipe->mover != NULL;
    check(tally, sleepers == pipe->sleeper_count, AUDIT_pipe_sleepers);
    check(tally, waiting - sleepers == (pipe->mover != NULL), AUDIT_pipe_mover_line);
    check(tally, pipe->mover == NULL || pipe_is_moving(pipe->mover), AUDIT_pipe_mover_step);
    check(tally, waiting == 0 || !pipe_is_deserted(pipe), AUDIT_pipe_deserted);
    check(tally, pipe->mover != NULL || list_is_empty(&pipe->readers) || pipe_ring_bytes(pipe) == 0,
          AUDIT_pipe_bytes);
    check(tally, pipe->mover != NULL || list_is_empty(&pipe->writers) || pipe_ring_room(pipe) == 0,
          AUDIT_pipe_room);
}

static void tally_pipes(struct tally *tally)
{
    LIST_FOR (link, &tally->kernel->pipes) {
        const struct pipe *pipe = CONTAINER(link, struct pipe, all);
        const struct pipe_member *oldest =
            CONTAINER(pipe->members.next, struct pipe_member, in_pipe);
        check(tally, pipe->account == oldest->process->account, AUDIT_pipe_account);
        tally_lines_of_pipe(tally, pipe);
        check(tally, audit_tree(tally->audit, &pipe->by_pid) == pipe->member_count,
              AUDIT_pipe_by_pid);
        LIST_FOR (one, &pipe->members) {
            const struct pipe_member *member = CONTAINER(one, struct pipe_member, in_pipe);
            tally->pipe_members++;
            check(tally, member->pipe == pipe && audit_is_alive(tally->audit, member->process),
                  AUDIT_pipe_member_alive);
        }
    }
    check(tally, tally->pipe_sleepers == tally->pipe_waits, AUDIT_pipe_waits);
    check(tally, tally->pipes_moving == tally->pipe_movers, AUDIT_pipe_movers);
}

static void tally_shareds(struct tally *tally)
{
    LIST_FOR (link, &tally->kernel->shareds) {
        const struct shared *shared = CONTAINER(link, struct shared, all);
        const struct shared_member *oldest =
            CONTAINER(shared->members.next, struct shared_member, in_shared);
        tally->lent -= shared->lender != NULL;
        check(tally, shared->account == oldest->process->account, AUDIT_shared_account);
        check(tally, audit_tree(tally->audit, &shared->by_pid) == shared->member_count,
              AUDIT_shared_by_pid);
        LIST_FOR (one, &shared->members) {
            const struct shared_member *member = CONTAINER(one, struct shared_member, in_shared);
            tally->shared_members++;
            bool is_known =
                member->shared == shared && audit_is_alive(tally->audit, member->process);
            check(tally, is_known, AUDIT_shared_member_alive);
            check(tally, !is_known || audit_is_working(member->process, member->worker),
                  AUDIT_shared_worker);
        }
    }
}

/* Every live record of a pool was met above. A process that is being made may have reserved a watch
 * for its parent. */
static void check_pools(struct tally *tally)
{
    const struct kernel *kernel = tally->kernel;
    check(tally, kernel->pools.correspondent.live == tally->correspondents,
          AUDIT_pool_correspondents);
    check(tally,
          kernel->pools.watch.live >= tally->watches &&
              kernel->pools.watch.live <= tally->watches + tally->forming,
          AUDIT_pool_watches);
    check(tally, kernel->pools.timer.live == tally->timers, AUDIT_pool_timers);
    check(tally, kernel->pools.slot.live == tally->slots, AUDIT_pool_slots);
    check(tally, kernel->pools.pipe_member.live == tally->pipe_members, AUDIT_pool_pipe_members);
    check(tally, kernel->pools.shared_member.live == tally->shared_members,
          AUDIT_pool_shared_members);
    check(tally, list_length(&kernel->space_pool) == kernel->space_pool_count,
          AUDIT_space_pool_count);
    check(tally,
          kernel->pools.grave.live == kernel->process_count + tally->forming +
                                          list_length(&kernel->graveyard) +
                                          kernel->space_pool_count,
          AUDIT_pool_graves);
}

/* Ids count up: the last one is how many were ever sent. */
static void check_messages(struct tally *tally)
{
    const struct kernel *kernel = tally->kernel;
    uint64_t known = kernel->objects.live[OBJECT_MESSAGE];
    for (uint32_t i = 0; i < MESSAGE_ENDS; i++) {
        known += kernel->message_ends[i];
    }
    check(tally, known == kernel->objects.last_id[OBJECT_MESSAGE], AUDIT_message_ends);
}

/* Without a process there is nothing that could hold a record, but for ended and pooled spaces. */
static void check_empty(struct tally *tally)
{
    struct kernel *kernel = tally->kernel;
    const struct pool *pools = (const struct pool *)&kernel->pools;
    uint64_t count = sizeof(kernel->pools) / sizeof(struct pool);
    for (uint64_t i = 0; i < count; i++) {
        check(tally, pools[i].live == 0 || &pools[i] == &kernel->pools.grave, AUDIT_empty_pools);
    }
}

void audit_records(struct audit *audit)
{
    struct kernel *kernel = audit->kernel;
    struct tally tally = {
        .audit = audit, .kernel = kernel, .forming = list_length(&kernel->forming)};
    const struct tree_node *node = tree_first(&kernel->processes);
    for (; node != NULL; node = tree_next(node)) {
        tally_process(&tally, CONTAINER(node, struct process, by_id));
    }
    tally_pipes(&tally);
    tally_shareds(&tally);
    check(&tally, tally.lent == 0, AUDIT_lent_list);
    check_pools(&tally);
    check_objects(&tally);
    check_messages(&tally);
    if (kernel->process_count == 0 && tally.forming == 0) {
        check_empty(&tally);
    }
}
