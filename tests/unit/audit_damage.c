/* SPDX-License-Identifier: MIT */
/* Damages: threads, the scheduler, processes, messages, events. */

#include "audit_world.h"

/* ---- The scheduler --------------------------------------------------------------------------- */

/* Nobody runs, and the runner sleeps. */
static void stop_running(const struct world *world)
{
    struct thread *thread = world_thread(world->runner);

    world->kernel->cpu.current = NULL;
    thread->state = THREAD_SLEEPING;
    thread->wait = TR_WAIT_SLEEP;
}

DAMAGE(running_mark)
{
    world_thread(world->ready)->state = THREAD_RUNNING;
}

DAMAGE(running_place)
{
    list_append(&world->kernel->ready[TR_DRIVER], &world_thread(world->runner)->queue);
}

DAMAGE(running_count)
{
    stop_running(world);
    world->kernel->cpu.current = world->stray;
}

DAMAGE(running_slice)
{
    world->kernel->cpu.slice_end += world->kernel->config.slice_ns;
}

DAMAGE(ready_place)
{
    list_remove(&world_thread(world->ready)->queue);
}

DAMAGE(ready_count)
{
    world_unlink(&world_thread(world->ready)->queue);
}

DAMAGE(queue_class)
{
    struct list *link = &world_thread(world->ready)->queue;

    list_remove(link);
    list_append(&world->kernel->ready[TR_SERVER], link);
}

DAMAGE(class_order)
{
    world->runner->process_class = TR_APPLICATION;
    world->runner->account->process_class = TR_APPLICATION;
}

DAMAGE(idle_ready)
{
    stop_running(world);
}

DAMAGE(heir_left)
{
    world->kernel->cpu.heir = world_thread(world->ready);
}

/* ---- Threads --------------------------------------------------------------------------------- */

DAMAGE(thread_ended)
{
    world_thread(world->sleeper)->state = THREAD_ENDED;
}

DAMAGE(thread_process)
{
    world_thread(world->sleeper)->process = world->ready;
}

DAMAGE(thread_order)
{
    struct list *link = &world_thread(world->runner)->siblings;

    list_remove(link);
    list_append(&world->runner->threads, link);
}

DAMAGE(thread_forming)
{
    const struct process_plan plan = {.name = "new", .process_class = TR_DRIVER, .is_host = true};
    struct process *process = NULL;
    struct thread *thread = NULL;

    assert_int_equal(process_make(world->kernel, &plan, &process), 0);
    assert_int_equal(thread_make(world->kernel, process, 0x1000, 0x2000, 0, &thread), 0);
    assert_int_equal(kernel_audit(world->kernel, NULL, 0), 0);
    list_append(&world->kernel->ready[TR_DRIVER], &thread->queue);
}

DAMAGE(thread_slice)
{
    world_thread(world->ready)->slice_left = 0;
}

DAMAGE(thread_alarm)
{
    world_thread(world->ready)->timeout.armed = true;
}

DAMAGE(sleep_reason)
{
    world_thread(world->sleeper)->wait = TR_WAIT_NONE;
}

static int64_t no_step(struct kernel *kernel, struct thread *thread)
{
    (void)kernel;
    (void)thread;
    return 0;
}

DAMAGE(sleep_step)
{
    world_thread(world->sleeper)->step = no_step;
}

DAMAGE(sleep_line)
{
    list_append(&world->kernel->ready[TR_DRIVER], &world_thread(world->sleeper)->queue);
}

DAMAGE(event_waiter)
{
    list_remove(&world_thread(world->waiter)->queue);
}

DAMAGE(key_alarm)
{
    struct thread *thread = world_thread(world->sleeper);

    thread->wait = TR_WAIT_KEY;
    alarm_disarm(world->kernel, &thread->timeout);
}

DAMAGE(call_unknown)
{
    world_thread(world->caller)->on.reply.message =
        FIRST(&world->callee->inbox, struct message, inbox);
}

DAMAGE(call_count)
{
    world_thread(world->caller)->wait = TR_WAIT_SLEEP;
}

/* ---- Processes ------------------------------------------------------------------------------- */

DAMAGE(process_count)
{
    world->kernel->process_count++;
}

DAMAGE(process_id)
{
    world->ready->by_id.key++;
}

DAMAGE(process_ending)
{
    world->ready->is_ending = true;
}

DAMAGE(process_threads)
{
    world->ready->thread_count = 0;
}

DAMAGE(process_account)
{
    world->ready->account->process_class = TR_SERVER;
}

DAMAGE(process_name)
{
    world->ready->name[2]++;
}

DAMAGE(name_count)
{
    list_append(&world->kernel->names[0], &world->nobody->named);
}

DAMAGE(key_penalty)
{
    world->ready->penalty_end = 1;
}

DAMAGE(stop_waiting)
{
    world->kernel->stop.waiting++;
}

DAMAGE(thread_count)
{
    world->ready->thread_count++;
}

/* ---- Messages -------------------------------------------------------------------------------- */

DAMAGE(message_inbox)
{
    FIRST(&world->callee->inbox, struct message, inbox)->receiver = world->caller;
}

DAMAGE(message_place)
{
    LAST(&world->callee->inbox, struct message, inbox)->is_taken = true;
}

DAMAGE(message_counted)
{
    FIRST(&world->callee->inbox, struct message, inbox)->is_unread = false;
}

DAMAGE(message_caller)
{
    static struct message stray;

    stray.caller = world_thread(world->caller);
    stray.caller->on.reply.message = &stray;
}

DAMAGE(message_ends)
{
    world->kernel->message_ends[MESSAGE_READ]++;
}

DAMAGE(unread_count)
{
    world->callee->unread++;
}

static struct correspondent *correspondent(const struct world *world)
{
    return CONTAINER(tree_first(&world->callee->correspondents), struct correspondent, node);
}

DAMAGE(sender_count)
{
    correspondent(world)->messages++;
}

DAMAGE(sender_limit)
{
    world->kernel->config.limits.messages_per_sender = correspondent(world)->messages - 1;
}

DAMAGE(sender_idle)
{
    static struct correspondent idle;

    idle.account = world->ready->account;
    tree_insert(&world->ready->correspondents, &idle.node, 1);
}

/* ---- The object table, and trees ------------------------------------------------------------- */

DAMAGE(object_id)
{
    world->empty->object.type = OBJECT_DEVICE;
}

DAMAGE(object_count)
{
    world->kernel->objects.live[OBJECT_PIPE]++;
    world->kernel->pools.pipe.live++;
}

/* There are two. */
DAMAGE(tree_order)
{
    tree_first(&world->runner->timers)->key = 100;
}

/* ---- Events, alarms, the log ----------------------------------------------------------------- */

static struct timer_source *armed_timer(const struct world *world)
{
    return CONTAINER(tree_first(&world->runner->timers), struct timer_source, node);
}

DAMAGE(event_waits)
{
    list_append(&world->waiter->events, &world->spare_slot->link);
}

DAMAGE(event_empty)
{
    FIRST(&world->runner->events, struct event_slot, link)->event.count = 0;
}

DAMAGE(event_line)
{
    struct list *link = &world_thread(world->waiter)->queue;

    list_remove(link);
    list_append(&world->ready->waiters, link);
}

DAMAGE(event_source)
{
    list_append(&world->runner->events, &world->spare_slot->link);
}

DAMAGE(timer_process)
{
    armed_timer(world)->process = world->ready;
}

DAMAGE(timer_state)
{
    alarm_disarm(world->kernel, &armed_timer(world)->alarm);
}

DAMAGE(timer_alarm)
{
    world->kernel->cpu.timer_set = world->kernel->alarm_first->key + 1;
}

DAMAGE(timer_slice)
{
    world->kernel->cpu.timer_set = world->kernel->cpu.slice_end + 1;
}

DAMAGE(alarm_count)
{
    tree_remove(&world->kernel->alarms, &world_thread(world->waiter)->timeout.node);
}

DAMAGE(alarm_first)
{
    world->kernel->alarm_first = tree_next(world->kernel->alarm_first);
}

DAMAGE(log_reader)
{
    world->kernel->log.reader = world->ready;
}

DAMAGE(log_records)
{
    world->ready->log_records++;
}

DAMAGE(log_ring)
{
    world->kernel->log.kernel.head += LOG_RING_SIZE + 1;
}

DAMAGE(log_moving)
{
    world->kernel->log.is_moving = true;
}
