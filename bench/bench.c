/* SPDX-License-Identifier: MIT */
/* The benches: named units that print their name, operations, median, 99th percentile and the ratio
 * to the host's primitive measured in the same run. They never assert.
 *
 * usage: bench [--json FILE] [--only WORD] [--core N] [--rounds N] GUEST SMALL TERRARIUM
 * --rounds N makes N round trips and nothing else: for counting instructions. */

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "measure.h"
#include "rig.h"

#define RAM (UINT64_C(64) << 20)

struct file {
    void *bytes;
    size_t size;
};

static struct file guest, small;
static const char *terrarium;

static struct file file_read(const char *path)
{
    struct file file = {NULL, 0};
    FILE *stream = fopen(path, "rb");

    if (stream == NULL || fseek(stream, 0, SEEK_END) != 0) {
        perror(path);
        exit(2);
    }
    file.size = (size_t)ftell(stream);
    rewind(stream);
    file.bytes = malloc(file.size);
    if (file.bytes == NULL || fread(file.bytes, 1, file.size, stream) != file.size) {
        perror(path);
        exit(2);
    }
    (void)fclose(stream);
    return file;
}

/* Batches of one kind of request to a guest, less what asking alone costs. */
static void request_unit(struct measure *measure, enum request_kind kind, uint64_t count,
                         uint64_t operations)
{
    struct rig *rig = rig_create(RAM, true);
    uint64_t echo = rig_guest(rig, guest.bytes, guest.size, "echo");
    uint64_t pid = rig_guest(rig, guest.bytes, guest.size, "serve");
    const struct request nothing = {REQUEST_NOTHING, 0, 0};
    const struct request request = {kind, count, echo};

    for (int i = 0; i < 10; i++) {
        (void)rig_request(rig, pid, &nothing);
        (void)rig_request(rig, pid, &request);
    }
    for (int sample = 0; sample < MEASURE_SAMPLES; sample++) {
        double empty = rig_request(rig, pid, &nothing);
        double full = rig_request(rig, pid, &request);
        measure_add(measure, full > empty ? full - empty : 0, operations);
    }
    rig_destroy(rig);
}

static void call_unit(struct measure *measure)
{
    request_unit(measure, REQUEST_CALLS, 100000, 100000);
}

static void yield_unit(struct measure *measure)
{
    request_unit(measure, REQUEST_YIELDS, 20000, 40000);
}

static void round_unit(struct measure *measure)
{
    request_unit(measure, REQUEST_ROUNDS, 10000, 10000);
}

static void spawn_batches(struct measure *measure, bool pooled)
{
    struct rig *rig = rig_create(RAM, pooled);

    (void)rig_spawns(rig, small.bytes, small.size, 20);
    for (int sample = 0; sample < MEASURE_SAMPLES; sample++) {
        measure_add(measure, rig_spawns(rig, small.bytes, small.size, 20), 20);
    }
    rig_destroy(rig);
}

static void spawn_fresh_unit(struct measure *measure)
{
    spawn_batches(measure, false);
}

static void spawn_pooled_unit(struct measure *measure)
{
    spawn_batches(measure, true);
}

static void boot_unit(struct measure *measure)
{
    for (int sample = 0; sample < MEASURE_SAMPLES; sample++) {
        double start = measure_now();
        struct rig *rig = rig_create(UINT64_C(16) << 20, true);
        measure_add(measure, measure_now() - start, 1);
        rig_destroy(rig);
    }
}

static void prompt_unit(struct measure *measure)
{
    host_command_prompt(measure, terrarium, "terrarium> ");
}

/* Simulated memory of an idle process, its image's own pages included. */
static void idle_unit(struct measure *measure)
{
    struct rig *rig = rig_create(RAM, true);

    for (int sample = 0; sample < 51; sample++) {
        uint64_t before = rig_frames(rig);
        (void)rig_guest(rig, guest.bytes, guest.size, "sleep");
        measure_add(measure, (double)(rig_frames(rig) - before) * TR_PAGE_SIZE, 1);
    }
    rig_destroy(rig);
}

enum { HOST_GETPPID, HOST_SWAPCONTEXT, HOST_PIPE, HOST_SPAWN, HOST_UNITS, HOST_NONE = -1 };

static struct unit {
    struct measure measure;
    void (*run)(struct measure *measure);
    int host;
} units[] = {
    {{.name = "host: getppid", .unit = "ns"}, host_getppid, HOST_NONE},
    {{.name = "host: swapcontext", .unit = "ns"}, host_swapcontext, HOST_NONE},
    {{.name = "host: pipe ping-pong, 64 bytes", .unit = "ns"}, host_pipe_round, HOST_NONE},
    {{.name = "host: posix_spawn of /bin/true", .unit = "ns"}, host_spawn, HOST_NONE},
    {{.name = "cheapest call", .unit = "ns", .host = "getppid", .goal = 1 / 10.0},
     call_unit,
     HOST_GETPPID},
    {{.name = "yield between two threads", .unit = "ns", .host = "swapcontext", .goal = 1 / 10.0},
     yield_unit,
     HOST_SWAPCONTEXT},
    {{.name = "call and reply, 64 bytes", .unit = "ns", .host = "pipe ping-pong", .goal = 1 / 30.0},
     round_unit,
     HOST_PIPE},
    {{.name = "spawn to end, fresh window", .unit = "ns", .host = "posix_spawn", .goal = 1 / 5.0},
     spawn_fresh_unit,
     HOST_SPAWN},
    {{.name = "spawn to end, pooled window", .unit = "ns", .host = "posix_spawn", .goal = 1 / 50.0},
     spawn_pooled_unit,
     HOST_SPAWN},
    {{.name = "boot of machine and kernel", .unit = "ns"}, boot_unit, HOST_NONE},
    {{.name = "terrarium run to its prompt", .unit = "ns"}, prompt_unit, HOST_NONE},
    {{.name = "idle process with its image", .unit = "bytes"}, idle_unit, HOST_NONE},
};
#define UNITS (sizeof units / sizeof units[0])

static double host_median(const struct unit *unit)
{
    if (unit->host < 0 || units[unit->host].measure.count == 0) {
        return 0;
    }
    return measure_quantile(&units[unit->host].measure, 0.5);
}

static void run_units(const char *only, const char *json)
{
    printf("%-34s %10s %12s %12s\n", "name", "n", "median", "p99");
    for (size_t i = 0; i < UNITS; i++) {
        if (only == NULL || i < HOST_UNITS || strstr(units[i].measure.name, only) != NULL) {
            units[i].run(&units[i].measure);
            measure_print(&units[i].measure, host_median(&units[i]));
        }
    }
    if (json == NULL) {
        return;
    }
    FILE *file = fopen(json, "w");
    if (file == NULL) {
        perror(json);
        exit(2);
    }
    fputc('[', file);
    for (size_t i = 0, written = 0; i < UNITS; i++) {
        if (units[i].measure.count > 0) {
            measure_json(file, &units[i].measure, host_median(&units[i]), written == 0);
            written++;
        }
    }
    fputs("\n]\n", file);
    (void)fclose(file);
}

static void run_rounds(uint64_t count)
{
    struct rig *rig = rig_create(RAM, true);
    uint64_t echo = rig_guest(rig, guest.bytes, guest.size, "echo");
    uint64_t pid = rig_guest(rig, guest.bytes, guest.size, "serve");
    const struct request request = {REQUEST_ROUNDS, count, echo};

    (void)rig_request(rig, pid, &request);
    rig_destroy(rig);
}

static void pin(int core)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((size_t)core, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        perror("bench: cannot be pinned to its core");
    }
}

int main(int argc, char **argv)
{
    const char *json = NULL, *only = NULL;
    int core = 0, next = 1;
    uint64_t rounds = 0;

    for (; next + 1 < argc && strncmp(argv[next], "--", 2) == 0; next += 2) {
        if (strcmp(argv[next], "--json") == 0) {
            json = argv[next + 1];
        } else if (strcmp(argv[next], "--only") == 0) {
            only = argv[next + 1];
        } else if (strcmp(argv[next], "--core") == 0) {
            core = atoi(argv[next + 1]);
        } else if (strcmp(argv[next], "--rounds") == 0) {
            rounds = strtoull(argv[next + 1], NULL, 10);
        }
    }
    if (argc - next != 3) {
        fputs("usage: bench [--json FILE] [--only WORD] [--core N] [--rounds N] "
              "GUEST SMALL TERRARIUM\n",
              stderr);
        return 2;
    }
    guest = file_read(argv[next]);
    small = file_read(argv[next + 1]);
    terrarium = argv[next + 2];
    pin(core);
    if (rounds != 0) {
        run_rounds(rounds);
    } else {
        run_units(only, json);
    }
    free(guest.bytes);
    free(small.bytes);
    return 0;
}
