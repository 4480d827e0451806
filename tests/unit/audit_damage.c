/* SPDX-License-Identifier: MIT */
/* Damages: threads, the scheduler, processes, messages, and what is counted at every entry. */

#include "audit_world.h"

/* ---- Threads and the scheduler --------------------------------------------------------------- */

DAMAGE(running_mark)
{
    world_thread(world->ready)->state = THREAD_RUNNING;
}

DAMAGE(ready_place)
{
    list_remove(&world_thread(world->ready)->queue);
}

DAMAGE(running_place)
{
    list_append(&world->kernel->ready[TR_DRIVER], &world_thread(world->runner)->queue);
}

DAMAGE(sleep_reason)
{
    world_thread(world->sleeper)->wait = TR_WAIT_NONE;
}

DAMAGE(event_waiter)
{
    list_remove(&world_thread(world->waiter)->queue);
}

DAMAGE(thread_ended)
{
    world_thread(world->sleeper)->state = THREAD_ENDED;
}

DAMAGE(call_unknown)
{
    world_thread(world->caller)->on.reply.message =
        FIRST(&world->callee->inbox, struct message, inbox);
}

DAMAGE(heir_beside)
{
    world->kernel->cpu.heir = world_thread(world->ready);
}

DAMAGE(class_order)
{
    world->runner->process_class = TR_APPLICATION;
}

DAMAGE(ready_count)
{
    world_unlink(&world_thread(world->ready)->queue);
}

/* ---- Processes and messages ------------------------------------------------------------------ */

DAMAGE(message_inbox)
{
    FIRST(&world->callee->inbox, struct message, inbox)->receiver = world->caller;
}

DAMAGE(message_place)
{
    LAST(&world->callee->inbox, struct message, inbox)->is_taken = true;
}

DAMAGE(unread_count)
{
    world->callee->unread++;
}

DAMAGE(sender_count)
{
    CONTAINER(tree_first(&world->callee->correspondents), struct correspondent, node)->messages++;
}

DAMAGE(thread_count)
{
    world->ready->thread_count++;
}

DAMAGE(event_waits)
{
    list_append(&world->waiter->events, &world->spare_slot->link);
}

DAMAGE(event_empty)
{
    FIRST(&world->runner->events, struct event_slot, link)->event.count = 0;
}

DAMAGE(process_count)
{
    world->kernel->process_count++;
}

DAMAGE(process_objects)
{
    world->kernel->objects.live[OBJECT_PROCESS]++;
}

DAMAGE(thread_objects)
{
    world->kernel->objects.live[OBJECT_THREAD]++;
}

DAMAGE(message_objects)
{
    world->kernel->objects.live[OBJECT_MESSAGE]++;
}

/* ---- Pipes, shared memory, frames ------------------------------------------------------------ */

DAMAGE(pipe_ring)
{
    world->full->written++;
}

DAMAGE(pipe_members)
{
    world->full->member_count++;
}

DAMAGE(shared_members)
{
    world->shared->member_count++;
}

DAMAGE(body_frames)
{
    world->kernel->frames.by_use[FRAME_BODY]++;
    world->kernel->frames.by_use[FRAME_FREE]--;
}

DAMAGE(frame_total)
{
    world->kernel->frames.by_use[FRAME_FREE]++;
}
