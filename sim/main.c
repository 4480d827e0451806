/* SPDX-License-Identifier: MIT */
/* The `terrarium` command: finds the sub-command of the first word and gives it the rest. Help is
 * made of the same table. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/command.h"
#include "sim/exit.h"
#include "sim/say.h"

static const struct sim_command *const commands[] = {
    &sim_command_run,  &sim_command_exec,    &sim_command_trace,  &sim_command_cc,
    &sim_command_list, &sim_command_extract, &sim_command_doctor, &sim_command_version,
};

static const char help_summary[] = "tells about a command: terrarium help run";

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static const struct sim_command *command_of(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

static void print_overview(void)
{
    printf("terrarium: a microkernel under glass\n\n"
           "usage: terrarium COMMAND [WORDS]\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    }
    printf("  %-10s %s\n\n", "help", help_summary);
    printf("Start the built-in system with `terrarium run`; leave it with `exit`.\n");
}

static void print_help(const struct sim_command *command)
{
    printf("usage: terrarium %s%s%s\n\n%s\n", command->name, command->usage[0] != '\0' ? " " : "",
           command->usage, command->summary);
    if (command->options != NULL) {
        printf("\n");
        sim_options_help(command->options);
    }
    if (command->text != NULL) {
        printf("\n%s", command->text);
    }
}

static int unknown_command(const char *name)
{
    char names[200];
    const char *words[COMMAND_COUNT + 2] = {NULL};
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        words[i] = commands[i]->name;
    }
    words[COMMAND_COUNT] = "help";
    sim_alternatives(names, sizeof(names), words);
    sim_complain("unknown command \"%s\"; it would be %s", name, names);
    return SIM_EXIT_USAGE;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int help(int count, char **words)
{
    if (count == 0 || is_help(words[0])) {
        print_overview();
        return SIM_EXIT_OK;
    }
    if (count > 1) {
        sim_complain("help tells about one command, not also \"%s\"", words[1]);
        return SIM_EXIT_USAGE;
    }
    if (strcmp(words[0], "help") == 0) {
        printf("usage: terrarium help [COMMAND]\n\n%s\n", help_summary);
        return SIM_EXIT_OK;
    }
    const struct sim_command *command = command_of(words[0]);
    if (command == NULL) {
        return unknown_command(words[0]);
    }
    print_help(command);
    return SIM_EXIT_OK;
}

/* --help among the options. What stands behind exec's program is the program's own, and cc's words
 * are the compiler's. */
static bool wants_help(const struct sim_command *command, int count, char **words)
{
    for (int i = 0; i < count && (i == 0 || command->options != NULL); i++) {
        if (is_help(words[i])) {
            return true;
        }
        if (strcmp(words[i], "--") == 0 || (command == &sim_command_exec && words[i][0] != '-')) {
            return false;
        }
    }
    return false;
}

/* What was written must have got where it should go. A reader that went away wanted no more. */
static int finish(int code)
{
    errno = 0;
    bool good = fflush(stdout) == 0 && ferror(stdout) == 0;
    if (good || errno == EPIPE) {
        return code;
    }
    sim_complain("standard output: %s",
                 errno != 0 ? strerror(errno) : "not everything could be written");
    return code == SIM_EXIT_OK ? SIM_EXIT_FAILED : code;
}

/* A closed standard stream would be given to the first file that is opened. */
static void hold_streams(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDONLY);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO) {
        close(fd);
    }
}

static int run_command(int count, char **words)
{
    if (count < 2) {
        print_overview();
        return SIM_EXIT_USAGE;
    }
    const char *name = words[1];
    if (is_help(name) || strcmp(name, "help") == 0) {
        return help(count - 2, words + 2);
    }
    if (strcmp(name, "--version") == 0) {
        return sim_command_version.run(0, words + count);
    }
    const struct sim_command *command = command_of(name);
    if (command == NULL) {
        return unknown_command(name);
    }
    if (wants_help(command, count - 2, words + 2)) {
        print_help(command);
        return SIM_EXIT_OK;
    }
    return command->run(count - 2, words + 2);
}

int main(int count, char **words)
{
    hold_streams();
    return finish(run_command(count, words));
}
