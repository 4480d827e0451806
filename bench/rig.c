/* SPDX-License-Identifier: MIT */
/* The benches' machine. The driver does one job and ends the run, so that a batch is one run of the
 * machine. */

#include "rig.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <terrarium.h>

#include "hal-posix/posix.h"
#include "image.h"
#include "kernel/kernel.h"
#include "measure.h"
#include "unit.h"

#define STACK_SIZE ((size_t)256 << 10)
#define RUNS_MOST  1000
#define REST_NS    1000000

enum job { JOB_REQUEST, JOB_SPAWN, JOB_GUESTS };

struct rig {
    enum tr_class guest_class;
    struct machine *machine;
    struct kernel *kernel;
    void *stack;
    bool is_started;

    /* What the driver is to do next, and what came of it. */
    enum job job;
    struct tr_spawn spawn;
    struct request request;
    struct answer answer;
    uint64_t guest, count;
    int64_t result;
    bool is_done;
};

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
    id = CALL(message_read, event.object, WORD(&rig->answer), sizeof rig->answer, 0);
    return id < 0 ? id : rig->answer.result;
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

static int64_t do_guests(struct rig *rig)
{
    int64_t first = 0;

    for (uint64_t i = 0; i < rig->count; i++) {
        int64_t pid = CALL(process_spawn, WORD(&rig->spawn), 0, 0, 0);
        if (pid < 0) {
            return pid;
        }
        first = first != 0 ? first : pid;
    }
    uint64_t rest = REST_NS * rig->count;
    (void)CALL(thread_sleep, (uint64_t)CALL(clock, 0, 0, 0, 0) + rest, 0, 0, 0);
    return first;
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
        case JOB_GUESTS:
            rig->result = do_guests(rig);
            break;
        }
        rig->is_done = true;
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
        bench_fail("no driver", pid);
    }
    rig->is_started = true;
}

static double run(struct rig *rig, enum job job)
{
    struct posix_result result;

    rig->job = job;
    rig->is_done = false;
    if (!rig->is_started) {
        start_driver(rig);
    }
    double start = measure_now();
    for (int runs = 0; !rig->is_done && runs < RUNS_MOST; runs++) {
        posix_machine_run(rig->machine, &result);
    }
    double end = measure_now();
    if (!rig->is_done || rig->result < 0) {
        bench_fail("a batch did not end well", rig->result);
    }
    return end - start;
}

static void create_kernel(struct rig *rig, const struct rig_config *config)
{
    struct kernel_config kernel = {.no_log_needed = true, .no_space_pool = config->fresh};

    if (config->large) {
        kernel.limits.messages_per_sender = UINT64_C(1) << 30;
        kernel.limits.bytes_per_sender = config->ram_bytes;
        kernel.limits.kernel_memory = config->ram_bytes;
        kernel.limits.application_reserve = 16;
        kernel.limits.server_reserve = 16;
    }
    rig->kernel = kernel_create(rig->machine, &kernel);
    bench_must(rig->kernel != NULL, "kernel_create");
    posix_machine_attach(rig->machine, rig->kernel);
}

struct rig *rig_create(const struct rig_config *config)
{
    char error[256] = "";
    struct rig *rig = calloc(1, sizeof *rig);
    const struct posix_hardware hardware = {
        .parts = (config->screen ? POSIX_PART_VGA : 0U) |
                 (config->disk != NULL ? (uint32_t)POSIX_PART_PCI | POSIX_PART_IDE : 0U),
        .drives = {{.kind = config->disk != NULL ? POSIX_DRIVE_DISK : POSIX_DRIVE_NONE,
                    .medium = {.path = config->disk}}}};
    const struct posix_config machine = {.ram_bytes = config->ram_bytes,
                                         .clock = POSIX_CLOCK_VIRTUAL,
                                         .input = POSIX_INPUT_NONE,
                                         .input_fd = -1,
                                         .output_fd = -1,
                                         .hardware = &hardware};

    bench_must(rig != NULL, "calloc");
    rig->machine = posix_machine_create(&machine, error, sizeof error);
    if (rig->machine == NULL) {
        bench_fail(error, 0);
    }
    create_kernel(rig, config);
    rig->guest_class = config->drivers ? TR_DRIVER : TR_APPLICATION;
    rig->stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    bench_must(rig->stack != MAP_FAILED, "mmap");
    return rig;
}

void rig_destroy(struct rig *rig)
{
    posix_machine_destroy(rig->machine);
    munmap(rig->stack, STACK_SIZE);
    free(rig);
}

uint64_t rig_guests(struct rig *rig, const char *image, const char *argument, uint64_t count)
{
    const struct bench_image *file = image_get(image);

    rig->count = count;
    rig->spawn = (struct tr_spawn){.image = file->bytes,
                                   .image_size = file->size,
                                   .name = "guest",
                                   .process_class = rig->guest_class,
                                   .argument = argument,
                                   .argument_size = strlen(argument)};
    (void)run(rig, JOB_GUESTS);
    return (uint64_t)rig->result;
}

double rig_request(struct rig *rig, uint64_t guest, const struct request *request,
                   struct answer *answer)
{
    rig->guest = guest;
    rig->request = *request;
    double took = run(rig, JOB_REQUEST);
    if (answer != NULL) {
        *answer = rig->answer;
    }
    return took;
}

double rig_spawns(struct rig *rig, const char *image, uint64_t count)
{
    const struct bench_image *file = image_get(image);

    rig->count = count;
    rig->spawn = (struct tr_spawn){.image = file->bytes,
                                   .image_size = file->size,
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
