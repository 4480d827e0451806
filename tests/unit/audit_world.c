/* SPDX-License-Identifier: MIT */
#include "audit_world.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fake/elf_image.h"

#define RAM_PAGES 2048
#define SECOND    UINT64_C(1000000000)
#define PAGES(n)  ((uint64_t)(n)*TR_PAGE_SIZE)
#define BOTH      (TR_READ | TR_WRITE)

/* Who is there, in order of age. All are drivers: the youngest runs last in its turn. */
enum {
    RUNNER,
    READY,
    STOPPED,
    SLEEPER,
    WAITER,
    CALLEE,
    CALLER,
    READER,
    WRITER,
    SOURCE,
    MOVER,
    DRIVER,
    PARTIES
};
static const char *const names[PARTIES] = {"runner", "ready",  "stopped", "sleeper",
                                           "waiter", "callee", "caller",  "reader",
                                           "writer", "source", "mover",   "driver"};
static uint64_t pids[PARTIES];

/* What processes name as their memory. */
static _Alignas(16) uint8_t bytes[4 * TR_PAGE_SIZE];
static uint8_t much[UINT64_C(4) << 20]; /* more than moves through a pipe in one entry */
static uint64_t words[2];
static struct tr_event event;

/* Nobody's: for damages that need something that the kernel does not know. */
static struct process nobody;
static struct thread stray;
static struct event_slot spare_slot;

#define MUST(who, name, ...)                                                                       \
    must(#name, call(world, who, TR_NR_##name, (const uint64_t[6]){__VA_ARGS__}))
#define SLEEPS(who, name, ...)                                                                     \
    must_sleep(#name, call(world, who, TR_NR_##name, (const uint64_t[6]){__VA_ARGS__}))
#define AT(object) FAKE_WORD(&(object))

static int64_t call(const struct world *world, size_t who, uint64_t number, const uint64_t w[6])
{
    return fake_call_as(world->machine, pids[who], number, w[0], w[1], w[2], w[3], w[4], w[5]);
}

static uint64_t must(const char *name, int64_t result)
{
    if (result < 0 || result == FAKE_SLEEPS) {
        fail_msg("%s gives %lld", name, (long long)result);
    }
    return (uint64_t)result;
}

static void must_sleep(const char *name, int64_t result)
{
    if (result != FAKE_SLEEPS) {
        fail_msg("%s gives %lld", name, (long long)result);
    }
}

static void make_memory(struct world *world)
{
    MUST(RUNNER, memory_allocate, 5, 0, BOTH);
    MUST(RUNNER, shared_create, 3, BOTH, 0, AT(words[0]), AT(words[1]));
    world->shared = LAST(&world->kernel->shareds, struct shared, all);
    MUST(READY, shared_join, world->shared->object.id, world->shared->key, 0, BOTH, AT(words));
    uint64_t map = MUST(DRIVER, physical_map, PAGES(FAKE_DEVICE_FRAME), 6);
    words[1] = map + PAGES(1);
    MUST(DRIVER, shared_create, 4, BOTH, TR_SHARED_FROM, AT(words), AT(words[1]));
    world->lent = LAST(&world->kernel->shareds, struct shared, all);
    MUST(RUNNER, shared_join, world->lent->object.id, world->lent->key, 0, BOTH, AT(words));
    MUST(DRIVER, dma_allocate, 3, 0, 0, AT(words));
    MUST(DRIVER, memory_release, words[0], 1);
}

/* The space of a process that was loaded and has ended. */
static void make_pooled(struct world *world)
{
    static struct elf_image image;
    static const struct tr_spawn spawn = {.image = image.bytes,
                                          .image_size = sizeof image.bytes,
                                          .name = "loaded",
                                          .process_class = TR_DRIVER};

    elf_image_make(&image, "tr_process_exit");
    uint64_t pid = MUST(RUNNER, process_spawn, AT(spawn));
    MUST(RUNNER, process_terminate, pid);
    assert_int_equal(world->kernel->space_pool_count, 1);
}

static struct pipe *make_pipe(struct world *world)
{
    MUST(RUNNER, pipe_create, AT(words));
    struct pipe *pipe = LAST(&world->kernel->pipes, struct pipe, all);
    MUST(READY, pipe_join, pipe->object.id, pipe->key);
    MUST(READER, pipe_join, pipe->object.id, pipe->key);
    return pipe;
}

static void make_records(struct world *world)
{
    MUST(RUNNER, timer_set, SECOND, 1);
    MUST(RUNNER, timer_set, 0, 2);
    MUST(RUNNER, process_watch, pids[READY], 3);
    uint64_t gone = fake_process(world->machine, TR_DRIVER, "gone");
    MUST(RUNNER, process_terminate, gone);
    MUST(RUNNER, process_watch, gone, 4);
    MUST(RUNNER, thread_create, AT(bytes), 0, AT(bytes) + sizeof bytes, TR_THREAD_NOTIFY);
    MUST(RUNNER, thread_suspend, pids[RUNNER],
         LAST(&world->runner->threads, struct thread, siblings)->object.id);
    uint64_t device = MUST(DRIVER, device_create, AT("gone"), 1, 5);
    MUST(RUNNER, device_watch, AT(""), 6);
    MUST(RUNNER, device_open, device);
    MUST(DRIVER, device_destroy, device);
    device = MUST(DRIVER, device_create, AT("serial"), 2, 6);
    MUST(RUNNER, device_open, device);
    MUST(READY, device_open, device);
    MUST(READY, device_close, device);
    MUST(DRIVER, port_claim, 0x60, 8);
    MUST(DRIVER, irq_listen, 5, 7);
    MUST(DRIVER, irq_listen, 6, 8);
    fake_raise(world->machine, 5);
}

static void make_messages(struct world *world)
{
    MUST(RUNNER, message_send, pids[CALLEE], AT(bytes), 10, 1);
    MUST(RUNNER, message_send, pids[CALLEE], AT(bytes), 5000, 2);
    MUST(RUNNER, message_send, pids[CALLEE], AT(bytes), 300, 3);
    MUST(CALLEE, event_poll, AT(event));
}

/* The mover stays between two steps, for nobody in the pipe's lines may run. */
static void make_moving(struct world *world)
{
    struct thread *mover = world_thread(world->mover);
    const uint64_t w[6] = {world->moving->object.id, AT(much), sizeof much};

    MUST(SOURCE, pipe_join, world->moving->object.id, world->moving->key);
    MUST(MOVER, pipe_join, world->moving->object.id, world->moving->key);
    SLEEPS(SOURCE, pipe_write, world->moving->object.id, AT(much), sizeof much);
    thread_set_suspended(world->kernel, world_thread(world->source), true);
    assert_true(fake_turn(world->machine, pids[MOVER]));
    world->machine->current = kernel_call(world->kernel, TR_NR_pipe_read, w);
    thread_set_suspended(world->kernel, mover, true);
    world->machine->current = kernel_next(world->kernel);
    assert_ptr_equal(world->moving->mover, mover);
}

/* Each in its own way. */
static void put_to_sleep(struct world *world)
{
    MUST(RUNNER, process_suspend, pids[STOPPED]);
    SLEEPS(SLEEPER, thread_sleep, 2 * SECOND);
    SLEEPS(WAITER, event_wait, AT(event), 3 * SECOND);
    SLEEPS(CALLER, message_call, pids[CALLEE], AT(bytes), 10, AT(bytes), 10, TR_FOREVER);
    SLEEPS(READER, pipe_read, world->empty->object.id, AT(bytes), 10);
    MUST(READY, pipe_write, world->full->object.id, AT(bytes), TR_PIPE_SIZE);
    MUST(WRITER, pipe_join, world->full->object.id, world->full->key);
    SLEEPS(WRITER, pipe_write, world->full->object.id, AT(bytes), 10);
    make_moving(world);
    assert_true(fake_turn(world->machine, pids[RUNNER]));
}

void world_begin(struct world *world)
{
    static const struct kernel_config config = {.invariants = true, .no_log_needed = true};
    struct machine *machine = fake_create_bare(RAM_PAGES);
    struct process **parties[PARTIES] = {&world->runner,  &world->ready,  &world->stopped,
                                         &world->sleeper, &world->waiter, &world->callee,
                                         &world->caller,  &world->reader, &world->writer,
                                         &world->source,  &world->mover,  &world->driver};

    machine->kernel = kernel_create(machine, &config);
    assert_non_null(machine->kernel);
    *world = (struct world){.machine = machine, .kernel = machine->kernel};
    for (size_t i = 0; i < PARTIES; i++) {
        pids[i] = fake_process(machine, TR_DRIVER, names[i]);
        *parties[i] = process_find(machine->kernel, pids[i]);
    }
    nobody.object.id = UINT64_MAX;
    event_slot_init(&spare_slot, NULL);
    spare_slot.event.count = 1;
    list_init(&nobody.named);
    stray.process = world->ready;
    world->nobody = &nobody;
    world->stray = &stray;
    world->spare_slot = &spare_slot;
    make_memory(world);
    make_pooled(world);
    world->empty = make_pipe(world);
    world->full = make_pipe(world);
    world->moving = make_pipe(world);
    make_records(world);
    make_messages(world);
    put_to_sleep(world);
}

void world_end(struct world *world)
{
    void *machine = world->machine;

    (void)unit_teardown(&machine);
}

struct world_copy {
    struct machine machine;
    uint8_t ram[PAGES(RAM_PAGES)];
    uint8_t dma_allowed[RAM_PAGES];
};

void world_save(struct world *world)
{
    struct world_copy *copy = malloc(sizeof *copy);

    assert_non_null(copy);
    copy->machine = *world->machine;
    memcpy(copy->ram, world->machine->ram, sizeof copy->ram);
    memcpy(copy->dma_allowed, world->machine->dma_allowed, sizeof copy->dma_allowed);
    world->copy = copy;
}

void world_restore(struct world *world)
{
    const struct world_copy *copy = world->copy;

    if (copy == NULL) {
        return;
    }
    *world->machine = copy->machine;
    memcpy(world->machine->ram, copy->ram, sizeof copy->ram);
    memcpy(world->machine->dma_allowed, copy->dma_allowed, sizeof copy->dma_allowed);
    list_init(&spare_slot.link);
    free(world->copy);
    world->copy = NULL;
}

struct thread *world_thread(const struct process *process)
{
    return FIRST(&process->threads, struct thread, siblings);
}

void world_unlink(const struct list *link)
{
    link->next->prev = link->prev;
    link->prev->next = link->next;
}

void world_retag(const struct world *world, enum frame_use from, enum frame_use to)
{
    struct frame_table *table = &world->kernel->frames;
    uint64_t frame = table->first;

    while (table->frames[frame].use != from) {
        frame++;
        assert_true(frame < table->end);
    }
    table->frames[frame].use = (uint8_t)to;
    table->by_use[from]--;
    table->by_use[to]++;
}
