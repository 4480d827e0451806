/* SPDX-License-Identifier: MIT */
/* Creation of a kernel, and what tools and tests ask of it. */

#include "kernel.h"

#include <terrarium/error.h>

#include "body.h"
#include "device.h"
#include "event.h"
#include "irq.h"
#include "message.h"
#include "physical.h"
#include "pipe.h"
#include "scheduler.h"
#include "shared.h"
#include "space_pool.h"
#include "spawn.h"
#include "state.h"
#include "string.h"
#include "system.h"
#include "timer.h"
#include "vm86.h"
#include "watch.h"

#define DEFAULT_SLICE_NS UINT64_C(10000000) /* interface.md 14 */
#define LEAST_PAGES      256

static void set_default(uint64_t *value, uint64_t standard)
{
    if (*value == 0) {
        *value = standard;
    }
}

/* interface.md 6: what the boot file has not set. */
static void config_complete(struct kernel_config *config, uint64_t pages)
{
    struct tr_system_limits *limits = &config->limits;
    set_default(&config->slice_ns, DEFAULT_SLICE_NS);
    set_default(&limits->message_size, TR_MESSAGE_MAX);
    if (limits->message_size > TR_MESSAGE_MAX) {
        limits->message_size =
            TR_MESSAGE_MAX; /* interface.md 6: a longer one is TOOBIG in any system */
    }
    set_default(&limits->messages_per_sender, 1024);
    set_default(&limits->bytes_per_sender, UINT64_C(16) << 20);
    set_default(&limits->kernel_memory, pages * TR_PAGE_SIZE / 8);
    set_default(&limits->application_reserve, pages / 8);
    set_default(&limits->server_reserve, pages / 16);
}

static void pools_setup(struct kernel *k)
{
    pool_setup(k, &k->pools.account, "account", sizeof(struct account));
    pool_setup(k, &k->pools.process, "process", sizeof(struct process));
    pool_setup(k, &k->pools.thread, "thread", sizeof(struct thread));
    pool_setup(k, &k->pools.message, "message", sizeof(struct message));
    pool_setup(k, &k->pools.correspondent, "correspondent", sizeof(struct correspondent));
    pool_setup(k, &k->pools.watch, "watch", sizeof(struct watch));
    pool_setup(k, &k->pools.timer, "timer", sizeof(struct timer_source));
    pool_setup(k, &k->pools.slot, "event slot", sizeof(struct event_slot));
    pool_setup(k, &k->pools.pipe, "pipe", sizeof(struct pipe));
    pool_setup(k, &k->pools.pipe_member, "pipe member", sizeof(struct pipe_member));
    pool_setup(k, &k->pools.shared, "shared memory", sizeof(struct shared));
    pool_setup(k, &k->pools.shared_member, "shared member", sizeof(struct shared_member));
    pool_setup(k, &k->pools.device, "device", sizeof(struct device));
    pool_setup(k, &k->pools.device_open, "device open", sizeof(struct device_open));
    pool_setup(k, &k->pools.device_watch, "device watch", sizeof(struct device_watch));
    pool_setup(k, &k->pools.irq_listener, "irq listener", sizeof(struct irq_listener));
    pool_setup(k, &k->pools.port_claim, "port claim", sizeof(struct port_claim));
    pool_setup(k, &k->pools.physical_map, "physical map", sizeof(struct physical_map));
    pool_setup(k, &k->pools.vm86, "vm86", sizeof(struct vm86));
    pool_setup(k, &k->pools.grave, "grave", sizeof(struct grave));
    pool_setup(k, &k->pools.spawn, "spawn", sizeof(struct spawn));
    for (uint32_t i = 0; i < POOL_SIZES; i++) {
        pool_setup(k, &k->pools.sizes[i], "bytes", UINT64_C(256) << i);
    }
}

static void lists_setup(struct kernel *kernel)
{
    for (uint32_t i = 0; i < KERNEL_NAMES; i++) {
        list_init(&kernel->names[i]);
        list_init(&kernel->device_names[i]);
    }
    for (uint32_t i = 0; i < TR_KERNEL; i++) {
        list_init(&kernel->ready[i]);
    }
    list_init(&kernel->graveyard);
    list_init(&kernel->forming);
    list_init(&kernel->space_pool);
    list_init(&kernel->device_watches);
    list_init(&kernel->pipes);
    list_init(&kernel->shareds);
}

/* Buckets of the object table: one for every two frames, a power of two. */
static uint64_t bucket_count(uint64_t pages)
{
    uint64_t count = 256;
    while (count < pages / 2) {
        count *= 2;
    }
    return count;
}

struct kernel *kernel_create(struct machine *machine, const struct kernel_config *config)
{
    struct hal_memory memory = hal_memory(machine);
    if (memory.pages < memory.first + LEAST_PAGES) {
        return NULL;
    }
    uint64_t buckets = bucket_count(memory.pages);
    uint64_t frames_at = (sizeof(struct kernel) + 63) & ~UINT64_C(63);
    uint64_t buckets_at = frames_at + memory.pages * sizeof(struct frame);
    uint64_t bytes = buckets_at + buckets * sizeof(struct object *);
    uint64_t pages = (bytes + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
    uint8_t *place = memory.base + memory.first * TR_PAGE_SIZE;
    struct kernel *kernel = (struct kernel *)(void *)place;
    memset(place, 0, (size_t)bytes);
    kernel->machine = machine;
    kernel->ram = memory.base;
    kernel->config = *config;
    kernel->policy = &scheduler_by_class;
    kernel->cpu.is_idle = true;
    kernel->cpu.timer_set = TR_FOREVER;
    kernel->cpu.due = kernel->config.invariants ? DUE_AUDIT : 0;
    kernel->root_account.is_kernel = true;
    kernel->objects.buckets = (struct object **)(void *)(place + buckets_at);
    kernel->objects.mask = buckets - 1;
    config_complete(&kernel->config, memory.pages - memory.first);
    lists_setup(kernel);
    frame_setup(kernel, (struct frame *)(void *)(place + frames_at), memory.first,
                memory.first + pages, memory.pages);
    pools_setup(kernel);
    random_setup(kernel, &kernel->keys);
    random_setup(kernel, &kernel->numbers);
    irq_setup(kernel);
    system_setup(kernel);
    starve_setup(kernel);
    return log_setup(kernel) < 0 ? NULL : kernel;
}

int64_t kernel_host_process(struct kernel *kernel, const struct kernel_host_process *wanted,
                            struct hal_context **context)
{
    const struct process_plan plan = {.name = wanted->name,
                                      .process_class = wanted->process_class,
                                      .flags = wanted->flags,
                                      .parent = wanted->parent,
                                      .is_host = true};
    if (!process_name_is_valid(wanted->name) || wanted->process_class > TR_APPLICATION) {
        return TR_E_INVAL;
    }
    struct process *parent = process_find(kernel, wanted->parent);
    bool is_watched = (wanted->flags & TR_SPAWN_WATCH) != 0 && parent != NULL;
    struct process *process;
    struct thread *thread;
    struct watch *watch = NULL;
    int64_t result = process_make(kernel, &plan, &process);
    if (result < 0) {
        return result;
    }
    result = is_watched ? watch_reserve(kernel, parent, &watch) : 0;
    if (result == 0) {
        result = thread_make(kernel, process, wanted->ip, wanted->sp, wanted->argument, &thread);
    }
    if (result < 0) {
        if (watch != NULL) {
            watch_unreserve(kernel, parent, watch);
        }
        process_unmake(kernel, process);
        return result;
    }
    *context = &thread->context;
    process_admit(kernel, process);
    if (watch != NULL) {
        watch_begin(watch, process, wanted->cookie);
    }
    return (int64_t)process->object.id;
}

void kernel_census(struct kernel *kernel, struct kernel_census *census)
{
    const uint64_t *live = kernel->objects.live;
    *census = (struct kernel_census){
        .processes = live[OBJECT_PROCESS],
        .threads = live[OBJECT_THREAD],
        .messages = live[OBJECT_MESSAGE],
        .pipes = live[OBJECT_PIPE],
        .shareds = live[OBJECT_SHARED],
        .devices = live[OBJECT_DEVICE],
        .watches = kernel->pools.watch.live + kernel->pools.device_watch.live,
        .timers = kernel->pools.timer.live,
        .claims = kernel->pools.port_claim.live + kernel->pools.irq_listener.live +
                  kernel->pools.physical_map.live,
        .frames_free = kernel->frames.free + kernel->graveyard_pages,
        .frames_user = kernel->frames.by_use[FRAME_USER] - kernel->graveyard_pages,
        .frames_kernel = kernel->frames.by_use[FRAME_KERNEL],
        .frames_total = kernel->frames.end - kernel->frames.first,
        .pool_bytes = kernel->frames.by_use[FRAME_POOL] * TR_PAGE_SIZE,
    };
}

void kernel_trim(struct kernel *kernel)
{
    while (space_pool_shrink(kernel) || space_reap(kernel, STEP_PAGES)) {
    }
    struct pool *pools = (struct pool *)&kernel->pools;
    for (uint64_t i = 0; i < sizeof(kernel->pools) / sizeof(struct pool); i++) {
        pool_flush(kernel, &pools[i]);
    }
}

uint64_t kernel_fail_allocation(struct kernel *kernel, uint64_t n, bool onwards)
{
    uint64_t made = kernel->allocations;
    kernel->allocations = 0;
    kernel->fail_at = n;
    kernel->fail_onwards = onwards;
    return made;
}

bool kernel_kill(struct kernel *kernel, uint64_t pid)
{
    struct process *process = process_find(kernel, pid);
    if (process != NULL) {
        process_end(kernel, process, 0, TR_EVENT_KILLED, 0);
    }
    return process != NULL;
}

uint64_t kernel_current_pid(struct kernel *kernel)
{
    return kernel->cpu.current == NULL ? 0 : kernel_caller(kernel)->object.id;
}

uint64_t kernel_current_tid(struct kernel *kernel)
{
    return kernel->cpu.current == NULL ? 0 : kernel->cpu.current->object.id;
}

int64_t kernel_process_next(struct kernel *kernel, uint64_t after, struct tr_process_info *info)
{
    const struct process *next = process_after(kernel, after);
    if (next == NULL) {
        return TR_E_NOENT;
    }
    process_fill_info(kernel, next, info);
    return (int64_t)next->object.id;
}

int64_t kernel_thread_next(struct kernel *kernel, uint64_t pid, uint64_t after,
                           struct tr_thread_info *info)
{
    const struct process *process = process_find(kernel, pid);
    return process == NULL ? TR_E_NOENT : thread_next(kernel, process, after, info);
}

struct hal_context *kernel_thread_context(struct kernel *kernel, uint64_t tid)
{
    struct object *object = object_find(kernel, OBJECT_THREAD, tid);
    return object == NULL ? NULL : &CONTAINER(object, struct thread, object)->context;
}
