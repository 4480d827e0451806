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

/* True if a word holds this byte. */
static bool words_hold(int count, char **words, char byte)
{
    for (int i = 0; i < count; i++) {
        if (strchr(words[i], byte) != NULL) {
            return true;
        }
    }
    return false;
}

/* The words as a program's start-up takes them apart again (lib/include/terrarium/argument.h):
 * blanks part them, "…" keeps blanks in one; for a double quote stands a byte that is in none of
 * them, named behind a zero byte. Owned by the caller; NULL after a complaint. */
static char *form_argument(int count, char **words, size_t *size)
{
    static const char spaces[] = " \t\n\v\f\r";
    bool has_quotes = words_hold(count, words, '"');
    char stand_in = 1;
    while (stand_in < ' ' &&
           (strchr(spaces, stand_in) != NULL || words_hold(count, words, stand_in))) {
        stand_in++;
    }
    if (has_quotes && stand_in == ' ') {
        sim_complain(
            "exec: an argument cannot hold a quote if others hold every control character");
        return NULL;
    }
    char *text = NULL;
    FILE *file = open_memstream(&text, size);
    if (file == NULL) {
        sim_complain("exec: no memory");
        return NULL;
    }
    for (int i = 0; i < count; i++) {
        bool plain = words[i][0] != '\0' && strpbrk(words[i], spaces) == NULL;
        fputs(i > 0 ? " " : "", file);
        fputs(plain ? "" : "\"", file);
        for (const char *c = words[i]; *c != '\0'; c++) {
            fputc(*c == '"' ? stand_in : *c, file);
        }
        fputs(plain ? "" : "\"", file);
    }
    if (has_quotes) {
        fprintf(file, "%cquote=%c", '\0', stand_in);
    }
    if (fclose(file) != 0) {
        sim_complain("exec: no memory");
        free(text);
        return NULL;
    }
    return text;
}

static int run_program(struct sim_run *run, int count, char **words)
{
    char name[TR_NAME_MAX];
    char list[TR_NAME_MAX + 16];
    if (!sim_program_name(words[0], name)) {
        return SIM_EXIT_USAGE;
    }
    char *argument = form_argument(count - 1, words + 1, &run->argument_size);
    if (argument == NULL) {
        return SIM_EXIT_USAGE;
    }
    snprintf(list, sizeof(list), "once %s\n", name);
    run->program = words[0];
    run->session = list;
    run->argument = argument;
    int code = sim_run(run);
    free(argument);
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
    .text =
        "Options go before the program; what follows it is the program's own. It runs as an\n"
        "application in the shell's place, with the console as its input and output; what it\n"
        "complains of goes to standard error. On a terminal Ctrl-C ends it.\n"
        "\n"
        "When the program ends, the system does: with its status\n"
        "(one beyond 255 becomes 255 and is told), or 126 if the file is no program, or after a\n"
        "fault with 128 + its code:\n"
        "  129  page: memory that is not there, a stack overflow, a pointer that is no address\n"
        "  130  protection: a write to what is read-only, execution of data\n"
        "  131  illegal instruction or operand, misaligned access, breakpoint\n"
        "  132  divide: by zero, or a floating-point exception that was unmasked\n"
        "  133  privileged instruction, port or segment\n"
        "  134  memory: none was left for a page of its own\n"
        "  135  supply: a page of shared memory that nobody supplied\n"
        "\n" SIM_EXIT_HELP,
    .options = sim_run_options,
    .run = exec_command,
};
