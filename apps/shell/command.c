/* SPDX-License-Identifier: MIT */
/* The table of the shell's own commands, and the small ones among them. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/message.h>
#include <terrarium/service/init.h>

#include "command.h"
#include "help.h"
#include "job.h"
#include "page.h"
#include "shell.h"

#define NS_PER_SECOND 1000000000L

static int command_echo(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        printf("%s%s", i > 1 ? " " : "", argv[i]);
    }
    printf("\n");
    return 0;
}

static int command_true(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static int command_false(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return 1;
}

int64_t seconds_read(const char *word)
{
    char *end;
    int64_t ns = strtol(word, &end, 10);
    int64_t unit = NS_PER_SECOND;

    if (word[0] < '0' || word[0] > '9' || ns > INT64_MAX / NS_PER_SECOND - 1) {
        return -1;
    }
    ns *= NS_PER_SECOND;
    if (*end == '.') {
        for (end++; *end >= '0' && *end <= '9'; end++) {
            unit /= 10;
            ns += (*end - '0') * unit;
        }
    }
    return *end == '\0' ? ns : -1;
}

static int command_sleep(int argc, char **argv)
{
    int64_t ns = argc == 2 ? seconds_read(argv[1]) : -1;

    if (ns < 0) {
        return command_misused("sleep");
    }
    return sleep_until((uint64_t)tr_clock() + (uint64_t)ns) ? 0 : STATUS_KILLED;
}

static int command_clear(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    if (shell.is_terminal) {
        printf("\x1b[H\x1b[2J\n");
    }
    return 0;
}

static int names_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Tells the names with what each program says of itself. */
static bool names_tell(char *text, int64_t count)
{
    size_t room = (size_t)count * (TR_NAME_MAX + TR_ABOUT_MAX + 2) + 1;
    char **names = calloc((size_t)count + 1, sizeof *names);
    char *lines = malloc(room);
    char *rest;
    size_t found = 0, used = 0;

    for (char *name = strtok_r(text, "\n", &rest);
         names != NULL && name != NULL && (int64_t)found < count;
         name = strtok_r(NULL, "\n", &rest)) {
        names[found++] = name;
    }
    bool is_good = names != NULL && lines != NULL;
    if (is_good) {
        lines[0] = '\0';
        qsort(names, found, sizeof *names, names_compare);
    }
    for (size_t i = 0; is_good && i < found; i++) {
        char about[TR_ABOUT_MAX + 1];
        program_about(names[i], about);
        used += (size_t)snprintf(lines + used, room - used, "%s\t%s\n", names[i], about);
    }
    if (is_good) {
        tell_text(lines);
    }
    free(names);
    free(lines);
    return is_good;
}

bool program_about(const char *name, char about[TR_ABOUT_MAX + 1])
{
    uint64_t size = 0;
    struct tru_request request = {
        .pid = shell.init,
        .request = {.operation = TR_INIT_ABOUT},
        .bytes = name,
        .size = strlen(name),
        .answer = about,
        .capacity = TR_ABOUT_MAX,
        .answer_size = &size,
    };
    bool is_there = shell.init != 0 && tru_request(&request) >= 0;

    about[is_there ? size : 0] = '\0';
    return is_there;
}

static int command_programs(int argc, char **argv)
{
    static char text[TR_INIT_NAMES_MAX + 1];
    uint64_t size = 0;
    struct tru_request request = {
        .pid = shell.init,
        .request = {.operation = TR_INIT_PROGRAMS},
        .answer = text,
        .capacity = TR_INIT_NAMES_MAX,
        .answer_size = &size,
    };

    if (argc > 1) {
        return command_misused(argv[0]);
    }
    int64_t count = shell.init != 0 ? tru_request(&request) : TR_E_NOENT;
    if (count < 0) {
        return complain("programs", TR_INIT_NAME, count);
    }
    text[size] = '\0';
    return names_tell(text, count) ? 0 : complain("programs", NULL, TR_E_NOMEM);
}

static int command_exit(int argc, char **argv)
{
    if (argc > 2) {
        return command_misused("exit");
    }
    if (argc == 2) {
        char *end;
        long status = strtol(argv[1], &end, 10);
        if (*end != '\0' || end == argv[1] || status < 0 || status > 255) {
            refuse("exit: %s: a status is a number from 0 to 255", argv[1]);
            return STATUS_USAGE;
        }
        shell.status = status;
    }
    shell.has_ended = true;
    return (int)shell.status;
}

static int command_reboot(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        return command_misused("reboot");
    }
    int64_t result = init_ask(TR_INIT_REBOOT, 0);
    if (result == TR_E_PERM) {
        refuse("reboot: only the first shell may; exit goes back");
        return 1;
    }
    if (result < 0) {
        return complain("reboot", NULL, result);
    }
    fflush(stdout);
    tr_process_exit(0);
}

/* time, run and watch change how a line is run: they are in execute.c; here for help. */
static const struct command commands[] = {
    {"bg", "[%JOB]", "let a stopped job run in the background", NULL, command_bg},
    {"calls", "", "how often each call was made since boot", NULL, command_calls},
    {"clear", "", "clear the screen", NULL, command_clear},
    {"devices", "", "list the devices",
     "SEEN BY is the lowest class that may find and open it; all: applications too. What "
     "applications do not see, s\\init tells this shell. Who has a device open only its driver is "
     "told.",
     command_devices},
    {"echo", "[WORD…]", "print the words", NULL, command_echo},
    {"exit", "[STATUS]", "stop the system with this exit status",
     "In a shell that was started by a shell it ends that one alone, and its jobs with it.",
     command_exit},
    {"false", "", "status 1", NULL, command_false},
    {"fg", "[%JOB]", "bring a job to the foreground", NULL, command_fg},
    {"help", "[COMMAND|exit-codes|NUMBER]", "list the commands, or tell of one",
     "`help exit-codes`, or `help codes`, tells what the numbers mean that programs end with; "
     "`help $?` what the last one means.",
     command_help},
    {"jobs", "", "list the jobs of this shell", NULL, command_jobs},
    {"kill", "PROCESS…", "end processes, by asking s\\init", NULL, command_kill},
    {"log", "", "print what the log has kept", NULL, command_log},
    {"mem", "", "how much memory is used and free", NULL, command_mem},
    {"programs", "", "list the programs that can be run, and what each does", NULL,
     command_programs},
    {"ps", "", "list the processes", NULL, command_ps},
    {"reboot", "", "start the system anew", NULL, command_reboot},
    {"resume", "PROCESS…", "let suspended processes run, by asking s\\init", NULL, command_resume},
    {"run", "PROGRAM [WORD…] [&]", "run a program, as its plain name does", NULL, NULL},
    {"send", "PROCESS WORD…", "send a process a message with this text", NULL, command_send},
    {"shm", "[VERB WORD…]", "shared memory: what this shell is in",
     "shm make PAGES\tmake one; tells id and key, which others need to join\n"
     "shm join ID KEY\tbecome a member\n"
     "shm read ID [PLACE]\tshow bytes from this place on\n"
     "shm write ID PLACE TEXT\tput text there\n"
     "shm leave ID\tthe last one to leave frees it\n"
     "What others share nobody may list: id and key are the right to join, and the kernel tells of "
     "a memory to its members alone.",
     command_shm},
    {"sleep", "SECONDS", "wait", NULL, command_sleep},
    {"stat", "[SECONDS [COUNT]]", "calls, switches and memory: since boot, or every few seconds",
     "Alone: all counts since boot. With SECONDS a line as often as that, COUNT times or until a "
     "key is typed: what has come in between, per second; the first line since boot. SWITCH/s is "
     "the sum of all causes, also of those that have no column.",
     command_stat},
    {"suspend", "PROCESS…", "keep processes from running, by asking s\\init", NULL,
     command_suspend},
    {"threads", "[PROCESS|--dot]", "list the threads, and on whom each waits",
     "A thread that nobody can wake any more waits \"for ever\": those on whom it waits wait "
     "themselves. Where that leads back to where it began it is a circle. With --dot it writes a "
     "graph for Graphviz, as the run's option of this name does.",
     command_threads},
    {"time", "COMMAND…", "run a command and tell how long it took", NULL, NULL},
    {"true", "", "status 0", NULL, command_true},
    {"trust", "PROGRAM [WORD…] [&]",
     "run a program that may have programs started, as this shell may",
     "s\\init starts and ends programs for this shell, and for whom this shell says so: with "
     "trust, or by starting a program named shell. What such a program has started ends with it; "
     "it may not stop the system, nor end the shell that has started it.",
     NULL},
    {"try-kill", "PROCESS…", "try to end processes without s\\init: an application may not", NULL,
     command_try_kill},
    {"uptime", "", "time since boot, calls and switches", NULL, command_uptime},
    {"version", "", "what system this is", NULL, command_version},
    {"wait", "[%JOB]", "wait for a job, or for all", NULL, command_wait},
    {"watch", "[-n SECONDS] [-c COUNT] COMMAND…", "run a command again and again",
     "Every two seconds, or as -n says; COUNT times, or until a key is typed. On a terminal each "
     "round begins with an empty screen. A pipeline will do: watch ps | count.",
     NULL},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

const struct command *command_at(size_t index)
{
    return index < COMMANDS ? &commands[index] : NULL;
}

const struct command *command_row(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

const struct command *command_find(const char *name)
{
    const struct command *command = command_row(name);

    return command != NULL && command->run != NULL ? command : NULL;
}

int command_misused(const char *name)
{
    const struct command *command = command_row(name);

    refuse("usage: %s%s%s", name, command->words[0] != '\0' ? " " : "", command->words);
    return STATUS_USAGE;
}
