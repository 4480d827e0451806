/* SPDX-License-Identifier: MIT */
/* `stat`: what the processor was busy with. Once since boot, or a line every few seconds with what
 * has come in between, as per second. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

#include "command.h"
#include "job.h"
#include "page.h"
#include "shell.h"

#define HEAD_EVERY 20 /* lines */

static const char *const cause_names[] = {"sleep", "yield", "slice", "preempt", "end", "idle"};
#define CAUSES (sizeof cause_names / sizeof cause_names[0])

/* Calls are counted together by the object they are about; the last row takes all others. */
static const char *const groups[] = {"message_", "pipe_", "event_", ""};
#define GROUPS (sizeof groups / sizeof groups[0])

/* What is counted at one moment. */
struct sample {
    struct tr_system_info system;
    struct tr_memory_info memory;
    uint64_t grouped[GROUPS]; /* calls */
};

static const char *call_name(uint64_t number)
{
    switch (number) {
#define TR_CALL_ROW(nr, name)                                                                      \
    case (nr):                                                                                     \
        return "tr_" #name;
#include <terrarium/calls_rows.h>
#undef TR_CALL_ROW
    default:
        return "tr_?";
    }
}

static size_t group_of(uint64_t number)
{
    const char *name = call_name(number) + strlen("tr_");
    size_t group = 0;

    while (strncmp(name, groups[group], strlen(groups[group])) != 0) {
        group++;
    }
    return group;
}

static bool sample_take(struct sample *sample)
{
    int64_t result = tr_system_info(&sample->system);

    result = result < 0 ? result : tr_memory_info(&sample->memory);
    if (result < 0) {
        complain("stat", NULL, result);
        return false;
    }
    memset(sample->grouped, 0, sizeof sample->grouped);
    for (uint64_t number = 0; number < TR_CALL_LIMIT; number++) {
        sample->grouped[group_of(number)] += sample->system.crossings[number];
    }
    return true;
}

static uint64_t per_second(uint64_t count, uint64_t ns)
{
    return ns > 0 ? (uint64_t)((double)count * 1e9 / (double)ns) : 0;
}

static void head_print(bool narrow)
{
    printf(narrow ? "CALLS/s  MSG/s|SWITCH/s SLICE|FREE KiB\n"
                  : "  CALLS/s MESSAGE   PIPE  EVENT  OTHER|SWITCH/s SLEEP SLICE PREEM|FREE KiB\n");
}

/* A line with what has come between two samples. */
static void line_print(const struct sample *old, const struct sample *new, bool narrow)
{
    uint64_t ns = new->system.uptime - old->system.uptime;
    uint64_t calls = 0, switches = 0;
    uint64_t grouped[GROUPS], by_cause[CAUSES];

    for (size_t i = 0; i < GROUPS; i++) {
        grouped[i] = new->grouped[i] - old->grouped[i];
        calls += grouped[i];
    }
    for (size_t i = 0; i < CAUSES; i++) {
        by_cause[i] = new->system.switches[i] - old->system.switches[i];
        switches += by_cause[i];
    }
    if (narrow) {
        printf("%7" PRIu64 " %6" PRIu64 "|%8" PRIu64 " %5" PRIu64 "|%8" PRIu64 "\n",
               per_second(calls, ns), per_second(grouped[0], ns), per_second(switches, ns),
               per_second(by_cause[TR_SWITCH_SLICE], ns), new->memory.free *(TR_PAGE_SIZE / 1024));
        return;
    }
    printf("%9" PRIu64 " %7" PRIu64 " %6" PRIu64 " %6" PRIu64 " %6" PRIu64 "|%8" PRIu64 " %5" PRIu64
           " %5" PRIu64 " %5" PRIu64 "|%8" PRIu64 "\n",
           per_second(calls, ns), per_second(grouped[0], ns), per_second(grouped[1], ns),
           per_second(grouped[2], ns), per_second(grouped[3], ns), per_second(switches, ns),
           per_second(by_cause[TR_SWITCH_SLEEP], ns), per_second(by_cause[TR_SWITCH_SLICE], ns),
           per_second(by_cause[TR_SWITCH_PREEMPT], ns), new->memory.free *(TR_PAGE_SIZE / 1024));
}

static void all_print(const struct sample *sample)
{
    const struct tr_system_info *info = &sample->system;
    uint64_t calls = 0, switches = 0;

    for (size_t i = 0; i < GROUPS; i++) {
        calls += sample->grouped[i];
    }
    for (size_t i = 0; i < CAUSES; i++) {
        switches += info->switches[i];
    }
    tell("%10.3f s since boot, %" PRIu64 " processor%s\n", (double)info->uptime / 1e9, info->cpus,
         info->cpus == 1 ? "" : "s");
    tell("%10" PRIu64 " KiB of memory, %" PRIu64 " free\n",
         sample->memory.total * (TR_PAGE_SIZE / 1024), sample->memory.free * (TR_PAGE_SIZE / 1024));
    tell("%10" PRIu64 " switches\n", switches);
    for (size_t i = 0; i < CAUSES; i++) {
        tell("%10" PRIu64 "   by %s\n", info->switches[i], cause_names[i]);
    }
    tell("%10" PRIu64 " calls\n", calls);
    for (uint64_t number = 0; number < TR_CALL_LIMIT; number++) {
        if (info->crossings[number] > 0) {
            tell("%10" PRIu64 "   %s\n", info->crossings[number], call_name(number));
        }
    }
}

/* Prints a line every `period`, `times` times, the first about all since boot. */
static int lines_print(uint64_t period, uint64_t times)
{
    static struct sample samples[2];
    uint64_t next = (uint64_t)tr_clock();

    memset(&samples[1], 0, sizeof samples[1]);
    for (uint64_t i = 0; i < times; i++) {
        if (!sample_take(&samples[i % 2])) {
            return 1;
        }
        if (i % HEAD_EVERY == 0) {
            head_print(is_narrow());
        }
        line_print(&samples[(i + 1) % 2], &samples[i % 2], is_narrow());
        fflush(stdout);
        next += period;
        if (i + 1 < times && !pause_until(next)) {
            return 0;
        }
    }
    return 0;
}

int command_stat(int argc, char **argv)
{
    int64_t period = argc > 1 ? seconds_read(argv[1]) : 0;
    uint64_t times = UINT64_MAX;
    static struct sample sample;

    if (argc == 1) {
        if (!sample_take(&sample)) {
            return 1;
        }
        all_print(&sample);
        return 0;
    }
    if (argc > 3 || period <= 0 || (argc == 3 && !number_read(argv[2], &times))) {
        return command_misused("stat");
    }
    if (argc == 2 && !shell.is_terminal) {
        refuse("stat: no terminal, so no key to end it: say how many lines");
        return STATUS_USAGE;
    }
    return lines_print((uint64_t)period, times);
}

int command_calls(int argc, char **argv)
{
    static struct sample sample;

    (void)argv;
    if (argc > 1) {
        return command_misused("calls");
    }
    if (!sample_take(&sample)) {
        return 1;
    }
    tell("     COUNT CALL\n");
    for (uint64_t number = 0; number < TR_CALL_LIMIT; number++) {
        if (sample.system.crossings[number] > 0) {
            tell("%10" PRIu64 " %s\n", sample.system.crossings[number], call_name(number));
        }
    }
    return 0;
}
