/* SPDX-License-Identifier: MIT */
/* The benches' machine. A driver process, a function of the host, does what the bench asks of it
 * and then ends the run, so that a batch is one run of the machine. */

#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hal-posix/posix.h"
#include "kernel/kernel.h"
#include "measure.h"

#define STACK_SIZE ((size_t)256 << 10)
#define RUNS_MOST  1000

enum job { JOB_REQUEST, JOB_SPAWN, JOB_GUEST };

struct rig {
    struct machine *machine;
    struct kernel *kernel;
    void *stack;
    bool started;

    /* What the driver is to do next, and what came of it. */
    enum job job;
    struct tr_spawn spawn;
    struct request request;
    uint64_t guest, count;
    int64_t result;
    bool done;
};

static void fail(const char *what, int64_t result)
{
    fprintf(stderr, "bench: %s: %lld\n", what, (long long)result);
    exit(1);
}

#define WORD(pointer)          (uint64_t)(uintptr_t)(pointer)
#define CALL(name, a, b, c, d) posix_kit_call(TR_NR_##name, a, b, c, d, 0, 0)

static int64_t do_request(struct rig *rig)
{
    struct tr_event event;
    int64_t id = CALL(message_send, rig->guest, WORD(&rig->request), sizeof rig->request, 0);

    if (id < 0) {
        return id;
    }
    (void)CALL(event_wait, WORD(&event), TR_FOREVER, 0, 0);
    return CALL(message_discard, event.object, 0, 0, 0);
}

static int64_t do_spawns(struct rig *rig)
{
    struct tr_event event;

    for (uint64_t i = 0; i < rig->count; i++) {
        int64_t pid = CALL(process_spawn, WORD(&rig->spawn), 0, 0, 0);
        if (pid < 0) {
            return pid;
        }
        (void)CALL(event_wait, WORD(&event), TR_FOREVER, 0, 0);
    }
    return 0;
}

static int64_t driver(uint64_t argument)
{
    struct rig *rig = (struct rig *)(uintptr_t)argument;

    for (;;) {
        switch (rig->job) {
        case JOB_REQUEST:
            rig->result = do_request(rig);
            break;
        case JOB_SPAWN:
            rig->result = do_spawns(rig);
            break;
        case JOB_GUEST:
            rig->result = CALL(process_spawn, WORD(&rig->spawn), 0, 0, 0);
            (void)CALL(thread_sleep, (uint64_t)CALL(clock, 0, 0, 0, 0) + 1000000, 0, 0, 0);
            break;
        }
        rig->done = true;
        posix_machine_interrupt(rig->machine);
        (void)CALL(clock, 0, 0, 0, 0);
    }
    return 0;
}

static void start_driver(struct rig *rig)
{
    const struct kernel_host_process process = {.name = "driver",
                                                .process_class = TR_DRIVER,
                                                .ip = WORD(driver),
                                                .sp = WORD(rig->stack) + STACK_SIZE,
                                                .argument = WORD(rig)};
    struct hal_context *context;
    int64_t pid = kernel_host_process(rig->kernel, &process, &context);

    if (pid < 0) {
        fail("no driver", pid);
    }
    rig->started = true;
}

static double run(struct rig *rig, enum job job)
{
    struct posix_result result;

    rig->job = job;
    rig->done = false;
    if (!rig->started) {
        start_driver(rig);
    }
    double start = measure_now();
    for (int runs = 0; !rig->done && runs < RUNS_MOST; runs++) {
        posix_machine_run(rig->machine, &result);
    }
    double end = measure_now();
    if (!rig->done || rig->result < 0) {
        fail("a batch did not end well", rig->result);
    }
    return end - start;
}

struct rig *rig_create(uint64_t ram_bytes, bool pooled)
{
    char error[256] = "";
    struct rig *rig = calloc(1, sizeof *rig);
    const struct posix_config machine = {.ram_bytes = ram_bytes,
                                         .clock = POSIX_CLOCK_VIRTUAL,
                                         .input = POSIX_INPUT_NONE,
                                         .input_fd = -1,
                                         .output_fd = -1};
    const struct kernel_config config = {.no_log_needed = true, .no_space_pool = !pooled};

    if (rig == NULL) {
        fail("no memory", 0);
    }
    rig->machine = posix_machine_create(&machine, error, sizeof error);
    if (rig->machine == NULL) {
        fail(error, 0);
    }
    rig->kernel = kernel_create(rig->machine, &config);
    if (rig->kernel == NULL) {
        fail("no kernel", 0);
    }
    posix_machine_attach(rig->machine, rig->kernel);
    rig->stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (rig->stack == MAP_FAILED) {
        fail("no stack", 0);
    }
    return rig;
}

void rig_destroy(struct rig *rig)
{
    posix_machine_destroy(rig->machine);
    munmap(rig->stack, STACK_SIZE);
    free(rig);
}

uint64_t rig_guest(struct rig *rig, const void *image, size_t size, const char *argument)
{
    rig->spawn = (struct tr_spawn){.image = image,
                                   .image_size = size,
                                   .name = "guest",
                                   .process_class = TR_APPLICATION,
                                   .argument = argument,
                                   .argument_size = strlen(argument)};
    (void)run(rig, JOB_GUEST);
    return (uint64_t)rig->result;
}

double rig_request(struct rig *rig, uint64_t guest, const struct request *request)
{
    rig->guest = guest;
    rig->request = *request;
    return run(rig, JOB_REQUEST);
}

double rig_spawns(struct rig *rig, const void *image, size_t size, uint64_t count)
{
    rig->count = count;
    rig->spawn = (struct tr_spawn){.image = image,
                                   .image_size = size,
                                   .name = "small",
                                   .process_class = TR_APPLICATION,
                                   .flags = TR_SPAWN_WATCH};
    return run(rig, JOB_SPAWN);
}

uint64_t rig_frames(struct rig *rig)
{
    struct kernel_census census;

    kernel_census(rig->kernel, &census);
    return census.frames_total - census.frames_free;
}
