/* SPDX-License-Identifier: MIT */
/* The `terrarium` command: finds the sub-command of the first word and gives it the rest. Help is
 * made of the same table. */

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
    printf("  %-10s %s\n\n", "help", "tells about a command: terrarium help run");
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

static int help(int count, char **words)
{
    if (count == 0) {
        print_overview();
        return SIM_EXIT_OK;
    }
    const struct sim_command *command = command_of(words[0]);
    if (command == NULL) {
        return unknown_command(words[0]);
    }
    print_help(command);
    return SIM_EXIT_OK;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
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

int main(int count, char **words)
{
    hold_streams();
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
    if (count > 2 && is_help(words[2])) {
        print_help(command);
        return SIM_EXIT_OK;
    }
    return command->run(count - 2, words + 2);
}
