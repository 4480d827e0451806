/* SPDX-License-Identifier: MIT */
/* Commands that look at the system and change nothing. Their tables fit 80 columns; on a narrower
 * terminal they have fewer columns and fit 40, but for the longest names. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/message.h>
#include <terrarium/service/log.h>

#include "command.h"
#include "page.h"
#include "shell.h"

const char *state_name(uint32_t state)
{
    static const char *const names[] = {"spawning", "ready", "running", "sleeping", "suspended"};

    return state < sizeof names / sizeof names[0] ? names[state] : "?";
}

const char *milliseconds(uint64_t ns, char text[TIME_TEXT])
{
    snprintf(text, TIME_TEXT, "%" PRIu64 ".%03" PRIu64, ns / 1000000, ns / 1000 % 1000);
    return text;
}

static void process_print(const struct tr_process_info *info, bool narrow)
{
    char text[TIME_TEXT];

    milliseconds(info->cpu_time, text);
    if (narrow) {
        tell("%4" PRIu64 " %-9s %8s %s\n", info->pid, state_name(info->state), text, info->name);
    } else {
        tell("%4" PRIu64 " %-9s %3" PRIu64 " %5" PRIu64 " %8s %s\n", info->pid,
             state_name(info->state), info->threads, info->pages, text, info->name);
    }
}

int command_ps(int argc, char **argv)
{
    struct tr_process_info info = {0};
    bool narrow = is_narrow();

    (void)argv;
    if (argc > 1) {
        return command_misused("ps");
    }
    tell(narrow ? " PID STATE       CPU ms NAME\n" : " PID STATE     THR PAGES   CPU ms NAME\n");
    for (uint64_t pid = 0; tr_process_next(pid, &info) > 0; pid = info.pid) {
        process_print(&info, narrow);
    }
    return 0;
}

static void memory_line(const char *what, uint64_t pages)
{
    printf("%-10s %8" PRIu64 " %10" PRIu64 "\n", what, pages, pages * (TR_PAGE_SIZE / 1024));
}

int command_mem(int argc, char **argv)
{
    struct tr_memory_info info;

    (void)argv;
    if (argc > 1) {
        return command_misused("mem");
    }
    int64_t result = tr_memory_info(&info);
    if (result < 0) {
        return complain("mem", NULL, result);
    }
    printf("MEMORY        PAGES        KiB\n");
    memory_line("total", info.total);
    memory_line("used", info.total - info.free);
    memory_line("free", info.free);
    memory_line("this shell", info.own);
    return 0;
}

static struct tr_system_info *system_info_get(const char *command)
{
    static struct tr_system_info info;
    int64_t result = tr_system_info(&info);

    if (result < 0) {
        complain(command, NULL, result);
        return NULL;
    }
    return &info;
}

int command_uptime(int argc, char **argv)
{
    static const char *const causes[] = {"sleep", "yield", "slice", "preempt", "end", "idle"};
    char text[TIME_TEXT], switches[200] = "";
    uint64_t calls = 0;

    (void)argv;
    if (argc > 1) {
        return command_misused("uptime");
    }
    const struct tr_system_info *info = system_info_get("uptime");
    if (info == NULL) {
        return 1;
    }
    for (size_t i = 0; i < TR_CALL_LIMIT; i++) {
        calls += info->crossings[i];
    }
    tell_sentence("up %s ms, %" PRIu64 " calls", milliseconds(info->uptime, text), calls);
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        size_t used = strlen(switches);
        snprintf(switches + used, sizeof switches - used, " %s %" PRIu64, causes[i],
                 info->switches[i]);
    }
    tell_sentence("switches:%s", switches);
    return 0;
}

int command_version(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        return command_misused("version");
    }
    const struct tr_system_info *info = system_info_get("version");
    if (info == NULL) {
        return 1;
    }
    tell_sentence("Terrarium, program interface %" PRIu64 "; %" PRIu64 " CPU%s, %" PRIu64
                  " MiB of memory",
                  info->abi_version, info->cpus, info->cpus == 1 ? "" : "s",
                  info->ram_pages * info->page_size >> 20);
    return 0;
}

int command_log(int argc, char **argv)
{
    char text[TR_LOG_REPLY_MAX];
    uint64_t size = 1;
    int64_t number = 0;

    (void)argv;
    if (argc > 1) {
        return command_misused("log");
    }
    int64_t log = tr_process_find(TR_LOG_NAME, 0);
    if (log < 0) {
        return complain("log", TR_LOG_NAME, log);
    }
    while (number >= 0 && size > 0) {
        struct tru_request request = {
            .pid = (uint64_t)log,
            .request = {.operation = TR_LOG_OPERATION_READ, .argument = (uint64_t)number},
            .answer = text,
            .capacity = sizeof text,
            .answer_size = &size,
        };
        size = 0;
        number = tru_request(&request);
        page_put(text, size);
    }
    return number < 0 ? complain("log", TR_LOG_NAME, number) : 0;
}
