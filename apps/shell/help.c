/* SPDX-License-Identifier: MIT */
/* The command `help`. */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "help.h"
#include "page.h"
#include "shell.h"

#define SIGNALED     128 /* + a signal */
#define SIGNALS_MOST 64

/* What a code means (services.md 3): of a program in the shell, and of a whole run of the system,
 * as the host's shell sees it. NULL: nothing of its own. */
static const struct code {
    int64_t number;
    const char *program, *run;
} codes[] = {
    {0, "all went well", NULL},
    {1, "it says itself what was wrong", "a command other than run and exec failed"},
    {2, "words that make no sense", "a bad command line, boot file or program file"},
    {3, NULL, "the kernel panicked, or the audit at the end found something"},
    {4, NULL, "the host refused something: memory, a file"},
    {5, NULL, "more reboots than --max-reboots allows"},
    {6, NULL, "nothing could ever happen again"},
    {70, NULL, "its session ended five times in a row"},
    {124, NULL, "--stop-at was reached"},
    {126, NULL, "its program could not be started"},
    {127, "no such command or program", NULL},
    {129, "page fault or stack overflow", "the terminal has gone (SIGHUP)"},
    {130, "protection fault, or ^C, or it raised SIGINT", "Ctrl-C (SIGINT)"},
    {131, "illegal instruction", "Ctrl-\\ (SIGQUIT)"},
    {132, "division by zero or the like, or it raised SIGILL", NULL},
    {133, "privileged instruction", NULL},
    {134, "no memory for a page, or abort", NULL},
    {135, "a page that nobody supplied", NULL},
    {136, "it raised SIGFPE", NULL},
    {137, "killed", "killed (SIGKILL)"},
    {139, "it raised SIGSEGV", "a fault of the simulator's own (SIGSEGV)"},
    {141, NULL, "its output was closed"},
    {143, "it raised SIGTERM", "ended by SIGTERM"},
    {255, NULL, "its session ended with a code above 255"},
};
#define CODES (sizeof codes / sizeof codes[0])

static const char code_head[] =
    "The status of a program is its exit code, $? on the next line; of a pipeline it is the last "
    "one's. `exit` ends the system with the status it is given.\n";
static const char code_foot[] =
    "128 and a signal's number: of a run, ended by that signal. All else is the program's own. "
    "`help $?` tells of the last one.";

#define CODES_TEXT 4096

static const struct code *code_find(int64_t number)
{
    size_t i = 0;

    while (i < CODES && codes[i].number != number) {
        i++;
    }
    return i < CODES ? &codes[i] : NULL;
}

/* Puts what a code means behind a text, without a line's end. */
static void meaning_add(char *text, size_t size, const struct code *code)
{
    strlcat(text, code->program != NULL ? code->program : "", size);
    strlcat(text, code->program != NULL && code->run != NULL ? "; " : "", size);
    strlcat(text, code->run != NULL ? "of a run: " : "", size);
    strlcat(text, code->run != NULL ? code->run : "", size);
}

static void codes_tell(void)
{
    static char text[CODES_TEXT];
    char term[24];

    strlcpy(text, code_head, sizeof text);
    for (size_t i = 0; i < CODES; i++) {
        snprintf(term, sizeof term, "  %" PRId64 "\t", codes[i].number);
        strlcat(text, term, sizeof text);
        meaning_add(text, sizeof text, &codes[i]);
        strlcat(text, "\n", sizeof text);
    }
    strlcat(text, code_foot, sizeof text);
    tell_text(text);
}

static void code_tell(int64_t number)
{
    const struct code *code = code_find(number);
    char text[160];

    snprintf(text, sizeof text, "%" PRId64 ": ", number);
    if (code != NULL) {
        meaning_add(text, sizeof text, code);
    } else {
        strlcat(text, "the program's own", sizeof text);
        if (number > SIGNALED && number <= SIGNALED + SIGNALS_MOST) {
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "; of a run: ended by signal %" PRId64,
                     number - SIGNALED);
        }
    }
    tell_text(text);
}

static void command_tell(const struct command *command)
{
    static char text[1024];

    snprintf(text, sizeof text, "%s%s%s\n    %s%s%s", command->name,
             command->words[0] != '\0' ? " " : "", command->words, command->summary,
             command->more != NULL ? "\n\n" : "", command->more != NULL ? command->more : "");
    tell_text(text);
}

static void all_tell(void)
{
    static char text[4096];

    text[0] = '\0';
    for (size_t i = 0; command_at(i) != NULL; i++) {
        strlcat(text, command_at(i)->name, sizeof text);
        strlcat(text, "\t", sizeof text);
        strlcat(text, command_at(i)->summary, sizeof text);
        strlcat(text, "\n", sizeof text);
    }
    strlcat(text,
            "\nA PROCESS is a number, a name or %JOB. NAME WORD… runs a program; & lets it run in "
            "the background; | ; && || join commands; $? is the last status (help exit-codes); # "
            "is a comment.",
            sizeof text);
    tell_text(text);
}

static bool is_codes(const char *word)
{
    return strcmp(word, "exit-codes") == 0 || strcmp(word, "codes") == 0 ||
           strcmp(word, "status") == 0;
}

int command_help(int argc, char **argv)
{
    if (argc > 2) {
        return command_misused("help");
    }
    if (argc == 1) {
        all_tell();
        return 0;
    }
    const struct command *command = command_row(argv[1]);
    char about[TR_ABOUT_MAX + 1];
    char *end;
    int64_t number = strtol(argv[1], &end, 10);

    if (command != NULL) {
        command_tell(command);
    } else if (is_codes(argv[1])) {
        codes_tell();
    } else if (end != argv[1] && *end == '\0') {
        code_tell(number);
    } else if (program_about(argv[1], about)) {
        tell("%s is a program%s%s\n", argv[1], about[0] != '\0' ? ": it " : "", about);
    } else {
        refuse("help: %s: no such command or program", argv[1]);
        return 1;
    }
    return 0;
}
