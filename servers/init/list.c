/* SPDX-License-Identifier: MIT */
/* The list of what init starts. */

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

#include "child.h"
#include "detect.h"
#include "list.h"
#include "module.h"
#include "request.h"
#include "say.h"

#define LIST_NAME        "init.list"
#define ONCE_ARGUMENT    "once.argument"
#define ONCE_NOT_STARTED 126 /* the system's exit code: not a program */
#define BLANKS           " \t"

static const char default_list[] = "detect\nsession shell\n";

static bool class_read(const char *word, uint32_t *process_class)
{
    static const char *const names[] = {"driver", "server", "application"};

    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (word != NULL && strcmp(word, names[i]) == 0) {
            *process_class = i;
            return true;
        }
    }
    return false;
}

/* Takes a line, which it changes, apart. False: it makes no sense. */
static bool line_read(char *line, struct child_plan *plan)
{
    static const struct {
        const char *verb;
        enum child_kind kind;
        bool is_session;
    } verbs[] = {{"start", CHILD_START, false},
                 {"keep", CHILD_KEEP, false},
                 {"session", CHILD_KEEP, true},
                 {"once", CHILD_START, true}};
    char *rest;
    char *verb = strtok_r(line, BLANKS, &rest);
    size_t row = 0;

    while (row < sizeof verbs / sizeof verbs[0] && strcmp(verb, verbs[row].verb) != 0) {
        row++;
    }
    if (row == sizeof verbs / sizeof verbs[0]) {
        return false;
    }
    *plan = (struct child_plan){.kind = verbs[row].kind,
                                .is_session = verbs[row].is_session,
                                .process_class = TR_APPLICATION};
    if (!plan->is_session && !class_read(strtok_r(NULL, BLANKS, &rest), &plan->process_class)) {
        return false;
    }
    plan->program = strtok_r(NULL, BLANKS, &rest);
    plan->argument = rest;
    plan->argument_size = strlen(rest);
    return plan->program != NULL;
}

/* A line cannot hold every argument: `once` without one takes a boot module's bytes. */
static void once_argument(struct child_plan *plan)
{
    const struct tr_boot_module *module = module_find(ONCE_ARGUMENT);
    bool is_once = plan->is_session && plan->kind == CHILD_START;

    if (is_once && plan->argument_size == 0 && module != NULL) {
        plan->argument = (const void *)module->va;
        plan->argument_size = module->size;
    }
}

static bool line_is_detect(const char *line)
{
    static const char word[] = "detect";

    line += strspn(line, BLANKS);
    return strncmp(line, word, sizeof word - 1) == 0 &&
           line[sizeof word - 1 + strspn(line + sizeof word - 1, BLANKS)] == '\0';
}

static void line_start(char *line, int number)
{
    struct child_plan plan;

    line[strcspn(line, "#")] = '\0';
    if (line[strspn(line, BLANKS)] == '\0') {
        return;
    }
    if (line_is_detect(line)) {
        detect_start();
        return;
    }
    if (!line_read(line, &plan)) {
        say("%s, line %d: expected detect, start CLASS PROGRAM, keep CLASS PROGRAM, session "
            "PROGRAM or "
            "once PROGRAM",
            LIST_NAME, number);
        return;
    }
    once_argument(&plan);
    int64_t pid = child_start(&plan);
    if (pid == TR_E_NOENT) {
        say("%s, line %d: there is no program %s among the boot modules", LIST_NAME, number,
            plan.program);
    } else if (pid < 0) {
        say("%s, line %d: %s cannot be started: %s", LIST_NAME, number, plan.program,
            tr_error_text(pid));
    }
    if (pid < 0 && plan.is_session && plan.kind == CHILD_START) {
        system_end(TR_STOP_HALT, ONCE_NOT_STARTED);
    }
}

void list_start(void)
{
    const struct tr_boot_module *module = module_find(LIST_NAME);
    struct tru_lines lines;
    char *text = module_lines(module, default_list, &lines);

    if (text == NULL) {
        say("no memory for the list of programs");
        return;
    }
    for (char *line; (line = tru_lines_next(&lines)) != NULL;) {
        if (lines.has_zero) {
            say("%s, line %d: a zero byte", LIST_NAME, lines.number);
        } else {
            line_start(line, lines.number);
        }
    }
    free(text);
}
