/* SPDX-License-Identifier: MIT */
/* The command `exec`: one program in the built-in system. It takes the shell's place: the program
 * is put into memory beside the system's own, and init's list makes it the session, whose end is
 * the system's end and whose status is the exit code. */

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/command.h"
#include "sim/exit.h"
#include "sim/run.h"
#include "sim/say.h"

/* Appends a word as a program's start-up takes it apart again. False: that cannot be. */
static bool append_word(char *line, size_t size, const char *word)
{
    size_t used = strlen(line);
    if (strpbrk(word, "\"\n#") != NULL) {
        return false;
    }
    bool plain = word[0] != '\0' && strpbrk(word, " \t") == NULL;
    int length = snprintf(line + used, size - used, plain ? " %s" : " \"%s\"", word);
    return length > 0 && (size_t)length < size - used;
}

/* "once NAME WORDS…", owned by the caller; NULL after a complaint. */
static char *form_list(const char *name, int count, char **words)
{
    size_t size = 64 + strlen(name);
    for (int i = 0; i < count; i++) {
        size += strlen(words[i]) + 3;
    }
    char *line = malloc(size);
    if (line == NULL) {
        sim_complain("exec: no memory");
        return NULL;
    }
    snprintf(line, size, "once %s", name);
    for (int i = 0; i < count; i++) {
        if (!append_word(line, size, words[i])) {
            sim_complain("exec: \"%s\": an argument cannot hold a quote, a # or a line end",
                         words[i]);
            free(line);
            return NULL;
        }
    }
    strcat(line, "\n");
    return line;
}

static int run_program(struct sim_run *run, int count, char **words)
{
    char name[TR_NAME_MAX];
    if (!sim_program_name(words[0], name)) {
        return SIM_EXIT_USAGE;
    }
    char *list = form_list(name, count - 1, words + 1);
    if (list == NULL) {
        return SIM_EXIT_USAGE;
    }
    run->program = words[0];
    run->session = list;
    int code = sim_run(run);
    free(list);
    return code;
}

static int exec_command(int count, char **words)
{
    struct sim_run run = {.max_reboots = 3};
    int code = sim_options_take(sim_run_options, &run, true, &count, words);
    if (code != 0) {
        return code;
    }
    if (count == 0) {
        return sim_usage_error(&sim_command_exec, "give a program: terrarium exec prog.elf");
    }
    if (run.gdb) {
        return sim_usage_error(&sim_command_exec, "--gdb goes with run");
    }
    return run_program(&run, count, words);
}

const struct sim_command sim_command_exec = {
    .name = "exec",
    .usage = "[options] PROGRAM.elf [ARGUMENTS]",
    .summary = "runs one program in the built-in system and exits with its status",
    .text = "Options go before the program; what follows it is the program's own. It runs as an\n"
            "application in the shell's place, with the console as its input and output. When it\n"
            "ends, the system does: with its status, or 128 + the cause after a fault (129 page,\n"
            "130 protection, 131 illegal, 132 divide, 133 privileged), or 126 if the file is no\n"
            "program.\n"
            "\n" SIM_EXIT_HELP,
    .options = sim_run_options,
    .run = exec_command,
};
