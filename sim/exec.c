/* SPDX-License-Identifier: MIT */
/* The command `exec`: one program in the built-in system. The program is put into memory beside
 * the system's own, and the shell gets one line that runs it. */

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/command.h"
#include "sim/exit.h"
#include "sim/run.h"
#include "sim/say.h"

/* Appends a word, quoted as the shell reads it. False: no room, or a byte that no quote can hold. */
static bool append_word(char *line, size_t size, const char *word)
{
    size_t used = strlen(line);
    if (strpbrk(word, "\"\n") != NULL) {
        return false;
    }
    bool plain = word[0] != '\0' && strpbrk(word, " \t#;&|<>$'\\") == NULL;
    int length = snprintf(line + used, size - used, plain ? " %s" : " \"%s\"", word);
    return length > 0 && (size_t)length < size - used;
}

/* "run NAME WORDS…", owned by the caller; NULL after a complaint. */
static char *form_line(const char *name, int count, char **words)
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
    snprintf(line, size, "run %s", name);
    for (int i = 0; i < count; i++) {
        if (!append_word(line, size, words[i])) {
            sim_complain("exec: \"%s\": an argument cannot hold a quote or a line end", words[i]);
            free(line);
            return NULL;
        }
    }
    strcat(line, "\n");
    return line;
}

/* The file's name without folder and ".elf". */
static char *name_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    char *name = strdup(slash != NULL ? slash + 1 : file);
    size_t length = name != NULL ? strlen(name) : 0;
    if (length > 4 && strcmp(name + length - 4, ".elf") == 0) {
        name[length - 4] = '\0';
    }
    return name;
}

static int run_program(struct sim_run *run, int count, char **words)
{
    char *name = name_of(words[0]);
    char *program = NULL;
    char *line = name != NULL ? form_line(name, count - 1, words + 1) : NULL;
    if (line == NULL || asprintf(&program, "%s=%s", name, words[0]) < 0) {
        free(name);
        free(line);
        return SIM_EXIT_USAGE;
    }
    const char **programs =
        realloc(run->programs.words, (run->programs.count + 1) * sizeof(*programs));
    int code = SIM_EXIT_HOST;
    if (programs != NULL) {
        run->programs.words = programs;
        programs[run->programs.count++] = program;
        run->script = line;
        run->script_only = true;
        code = sim_run(run);
    }
    free(program);
    free(line);
    free(name);
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
        return sim_usage_error(&sim_command_exec, "--gdb goes with run: --program, then run it");
    }
    return run_program(&run, count, words);
}

const struct sim_command sim_command_exec = {
    .name = "exec",
    .usage = "[options] PROGRAM.elf [ARGUMENTS]",
    .summary = "runs one program in the built-in system and exits with its status",
    .text = "Options go before the program; what follows it is the program's. It runs as an\n"
            "application started by the shell; its output is on standard output.\n"
            "\n" SIM_EXIT_HELP,
    .options = sim_run_options,
    .run = exec_command,
};
