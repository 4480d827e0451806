/* SPDX-License-Identifier: MIT */
/* Damages: records and their owners. */

#include "audit_world.h"

/* The watch on a process that is there, and the one on a process that has gone. */
static struct watch *live_watch(const struct world *world)
{
    return FIRST(&world->runner->watches, struct watch, owned);
}

static struct watch *dead_watch(const struct world *world)
{
    return LAST(&world->runner->watches, struct watch, owned);
}

/* The one that the driver has been told of, but has not heard yet. */
static struct device_open *closed_open(const struct world *world)
{
    const struct device *device = FIRST(&world->driver->devices, struct device, owned);

    return LAST(&device->opens, struct device_open, on_device);
}

static struct device *device(const struct world *world)
{
    return FIRST(&world->driver->devices, struct device, owned);
}

/* The open of the device that is there, and the one of the device that has gone. */
static struct device_open *live_open(const struct world *world)
{
    return LAST(&world->runner->opens, struct device_open, in_process);
}

static struct device_open *dead_open(const struct world *world)
{
    return FIRST(&world->runner->opens, struct device_open, in_process);
}

/* The runner's membership. */
static struct pipe_member *member(const struct pipe *pipe)
{
    return FIRST(&pipe->members, struct pipe_member, in_pipe);
}

/* ---- Pipes and shared memory ----------------------------------------------------------------- */

DAMAGE(pipe_ring)
{
    world->full->written++;
}

DAMAGE(pipe_account)
{
    world->empty->account = world->ready->account;
}

DAMAGE(pipe_members)
{
    world->full->member_count++;
}

DAMAGE(shared_account)
{
    world->shared->account = world->ready->account;
}

DAMAGE(shared_members)
{
    world->shared->member_count++;
}

DAMAGE(shared_by_pid)
{
    tree_remove(&world->shared->by_pid, tree_first(&world->shared->by_pid));
}

DAMAGE(shared_worker)
{
    FIRST(&world->ready->shareds, struct shared_member, in_process)->worker =
        world_thread(world->ready);
}

DAMAGE(lender)
{
    world->lent->lender = world->runner;
}

DAMAGE(lent_list)
{
    world_unlink(&world->lent->lent);
}

DAMAGE(pipe_wait_process)
{
    world_thread(world->reader)->on.pipe.member = member(world->empty);
}

DAMAGE(pipe_line_wait)
{
    world_thread(world->reader)->wait = TR_WAIT_PIPE_WRITE;
}

/* The reader is a member of both. */
DAMAGE(pipe_line_pipe)
{
    world_thread(world->reader)->on.pipe.member =
        LAST(&world->reader->pipes, struct pipe_member, in_process);
}

DAMAGE(pipe_wait_needless)
{
    world_thread(world->reader)->on.pipe.flags = TR_NOWAIT;
}

DAMAGE(pipe_wait_content)
{
    world_thread(world->writer)->on.pipe.flags = TR_PARTIAL;
    world_thread(world->writer)->on.pipe.done = 1;
}

DAMAGE(pipe_stands_still)
{
    world_thread(world->source)->is_suspended = false;
}

DAMAGE(pipe_sleepers)
{
    world->empty->sleeper_count++;
}

DAMAGE(pipe_mover_line)
{
    world_unlink(&world->moving->mover->on.pipe.in_line);
}

DAMAGE(pipe_mover_step)
{
    world->moving->mover->step = NULL;
}

/* The reader is its youngest member. */
DAMAGE(pipe_deserted)
{
    while (world->empty->member_count > 1) {
        list_remove(world->empty->members.next);
        world->empty->member_count--;
    }
    world->empty->account = world->reader->account;
}

DAMAGE(pipe_bytes)
{
    world->empty->written++;
}

DAMAGE(pipe_room)
{
    world->full->read++;
}

DAMAGE(pipe_by_pid)
{
    tree_remove(&world->empty->by_pid, &member(world->empty)->by_pid);
}

DAMAGE(pipe_member_alive)
{
    FIRST(&world->ready->pipes, struct pipe_member, in_process)->process = world->nobody;
}

DAMAGE(pipe_waits)
{
    world_unlink(&world_thread(world->reader)->on.pipe.in_line);
    world->empty->sleeper_count--;
}

DAMAGE(pipe_movers)
{
    struct pipe *pipe = world->moving;

    world_unlink(&pipe->mover->on.pipe.in_line);
    pipe->mover = NULL;
    pipe->written = pipe->read + TR_PIPE_SIZE;
}

DAMAGE(shared_member_alive)
{
    FIRST(&world->ready->shareds, struct shared_member, in_process)->process = world->nobody;
}

/* ---- Watches --------------------------------------------------------------------------------- */

DAMAGE(watch_owner)
{
    live_watch(world)->owner = world->ready;
}

DAMAGE(watch_target)
{
    live_watch(world)->is_target_gone = true;
}

DAMAGE(watch_event)
{
    list_remove(&dead_watch(world)->exit.link);
}

DAMAGE(watch_by_pid)
{
    tree_remove(&world->runner->watches_by_pid, &live_watch(world)->by_target);
}

DAMAGE(watched_by)
{
    list_append(&world->ready->watched_by, &dead_watch(world)->on_target);
}

/* ---- Devices --------------------------------------------------------------------------------- */

DAMAGE(device_driver)
{
    device(world)->driver = world->runner;
}

DAMAGE(device_tree)
{
    tree_remove(&world->kernel->devices, &device(world)->by_id);
}

DAMAGE(device_closed)
{
    list_remove(&closed_open(world)->closed.link);
}

DAMAGE(device_by_pid)
{
    tree_remove(&device(world)->by_pid, &live_open(world)->by_pid);
}

DAMAGE(device_exclusive)
{
    device(world)->is_exclusive = true;
}

DAMAGE(open_device)
{
    world_unlink(&live_open(world)->in_process);
}

DAMAGE(device_watch_process)
{
    FIRST(&world->runner->device_watches, struct device_watch, in_process)->process = world->ready;
}

DAMAGE(device_holder)
{
    struct device_open *open = live_open(world);

    world_unlink(&open->in_process);
    open->process = world->nobody;
}

DAMAGE(device_opens)
{
    device(world)->open_count++;
}

DAMAGE(open_process)
{
    live_open(world)->process = world->ready;
}

DAMAGE(open_event)
{
    list_remove(&dead_open(world)->removed.link);
}

DAMAGE(device_watch_owners)
{
    world_unlink(world->kernel->device_watches.next);
}

/* ---- Lines and ports ------------------------------------------------------------------------- */

DAMAGE(listener_process)
{
    FIRST(&world->driver->irqs, struct irq_listener, owned)->process = world->runner;
}

DAMAGE(listener_line)
{
    LAST(&world->driver->irqs, struct irq_listener, owned)->line = 5;
}

DAMAGE(line_pause)
{
    world->kernel->irqs[5].pause.armed = true;
}

DAMAGE(claim_process)
{
    FIRST(&world->driver->ports, struct port_claim, owned)->process = world->runner;
}

DAMAGE(claim_range)
{
    FIRST(&world->driver->ports, struct port_claim, owned)->count = 0;
}

DAMAGE(line_owing)
{
    world->kernel->irqs[5].waiting_for++;
}

DAMAGE(line_alarm)
{
    alarm_disarm(world->kernel, &world->kernel->irqs[5].silence);
}

DAMAGE(line_listeners)
{
    world_unlink(world->kernel->irqs[6].listeners.next);
}

DAMAGE(claim_owners)
{
    world_unlink(world->driver->ports.next);
}

/* ---- Records in no table --------------------------------------------------------------------- */

DAMAGE(pool_objects)
{
    world->kernel->pools.pipe.live++;
}

DAMAGE(pool_shared_members)
{
    world->kernel->pools.shared_member.live++;
}

DAMAGE(pool_maps)
{
    world->kernel->pools.physical_map.live++;
}

DAMAGE(pool_graves)
{
    world->kernel->pools.grave.live++;
}

DAMAGE(space_pool_count)
{
    world->kernel->space_pool_count++;
}

DAMAGE(account_charges)
{
    world->ready->account->bytes++;
}

DAMAGE(pool_correspondents)
{
    world->kernel->pools.correspondent.live++;
}

DAMAGE(pool_watches)
{
    world->kernel->pools.watch.live++;
}

DAMAGE(pool_timers)
{
    world->kernel->pools.timer.live++;
}

DAMAGE(pool_slots)
{
    world->kernel->pools.slot.live++;
}

DAMAGE(pool_pipe_members)
{
    world->kernel->pools.pipe_member.live++;
}

DAMAGE(pool_devices)
{
    world->kernel->objects.live[OBJECT_DEVICE]++;
    world->kernel->pools.device.live++;
}

DAMAGE(pool_device_opens)
{
    world->kernel->pools.device_open.live++;
}

DAMAGE(pool_device_watches)
{
    world->kernel->pools.device_watch.live++;
}

DAMAGE(pool_listeners)
{
    world->kernel->pools.irq_listener.live++;
}

DAMAGE(pool_claims)
{
    world->kernel->pools.port_claim.live++;
}

DAMAGE(empty_pools)
{
    fake_end_all(world->machine);
    kernel_trim(world->kernel);
    world->kernel->pools.sizes[0].live++;
}
