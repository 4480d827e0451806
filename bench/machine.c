/* SPDX-License-Identifier: MIT */
/* Describes and uses the host. */

#include "machine.h"

#include <sched.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

struct description {
    char cpu[128], date[32];
    struct utsname host;
    long cores;
};

int machine_pin(int core)
{
    cpu_set_t set;

    if (core < 0 && sched_getaffinity(0, sizeof set, &set) == 0) {
        for (core = CPU_SETSIZE - 1; core > 0 && !CPU_ISSET((size_t)core, &set);) {
            core--;
        }
    }
    CPU_ZERO(&set);
    CPU_SET((size_t)core, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0 ? core : -1;
}

static void read_cpu(char *cpu, size_t size)
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");

    (void)snprintf(cpu, size, "unknown");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *value = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && value != NULL) {
            (void)snprintf(cpu, size, "%.*s", (int)strcspn(value + 2, "\"\n"), value + 2);
            break;
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
}

static void describe(struct description *description)
{
    time_t now = time(NULL);

    *description = (struct description){.cores = sysconf(_SC_NPROCESSORS_ONLN)};
    read_cpu(description->cpu, sizeof description->cpu);
    (void)uname(&description->host);
    (void)strftime(description->date, sizeof description->date, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
}

void machine_print(FILE *file, int core)
{
    struct description description;

    describe(&description);
    fprintf(file, "%s, %ld cores, pinned to %d; %s %s; %s; %s\n", description.cpu,
            description.cores, core, description.host.sysname, description.host.release,
            BENCH_COMPILER, description.date);
}

void machine_json(FILE *file, int core)
{
    struct description description;

    describe(&description);
    fprintf(file, "\"cpu\": \"%s\", \"cores\": %ld, \"pinned_to\": %d, \"kernel\": \"%s %s\", ",
            description.cpu, description.cores, core, description.host.sysname,
            description.host.release);
    fprintf(file, "\"machine\": \"%s\", \"compiler\": \"%s\", \"date\": \"%s\"",
            description.host.machine, BENCH_COMPILER, description.date);
}
