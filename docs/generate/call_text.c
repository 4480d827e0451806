/* SPDX-License-Identifier: MIT */
/* Reading docs/calls/, and what every call must have there. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call_text.h"

#define LINE_MAX_BYTES 512
#define CALLS_MAX      128

static const char *const files[] = {"processes", "threads", "memory",   "messages", "pipes",
                                    "shared",    "events",  "hardware", "devices",  "system"};
static struct call_text texts[CALLS_MAX];

_Noreturn static void complain(const char *format, ...)
{
    va_list words;

    va_start(words, format);
    fputs("docs/calls: ", stderr);
    vfprintf(stderr, format, words);
    fputc('\n', stderr);
    va_end(words);
    exit(1);
}

static char *join(char *text, const char *between, const char *more)
{
    size_t length = text == NULL ? 0 : strlen(text);
    size_t size = length + strlen(between) + strlen(more) + 1;
    char *joined = realloc(text, size);

    if (joined == NULL) {
        complain("no memory");
    }
    snprintf(joined + length, size - length, "%s%s", length == 0 ? "" : between, more);
    return joined;
}

static size_t index_of(const char *name)
{
    for (size_t i = 0; i < call_count; i++) {
        if (strcmp(calls[i].name, name) == 0) {
            return i;
        }
    }
    complain("%s is no call", name);
}

/* A named text begins with its name. */
static char **named(struct named_text *list, size_t *count, size_t most, const char *words)
{
    size_t length = strcspn(words, " ");
    char name[LINE_MAX_BYTES];

    if (*count == most) {
        complain("too many, from %s on", words);
    }
    snprintf(name, sizeof(name), "%.*s", (int)length, words);
    list[*count].name = join(NULL, "", name);
    list[*count].text = join(NULL, "", words + length + (words[length] == ' '));
    return &list[(*count)++].text;
}

/* Where a line of this key goes; the line's words are put there, too. */
static char **key_line(struct call_text *text, const char *key, const char *words)
{
    const struct {
        const char *key;
        char **place;
    } places[] = {{"law", &text->law},       {"does", &text->does},    {"result", &text->result},
                  {"sleeps", &text->sleeps}, {"who", &text->who},      {"end", &text->end},
                  {"as", &text->as},         {"example", &text->body}, {"prints", &text->prints}};

    if (strcmp(key, "arg") == 0) {
        return named(text->arguments, &text->argument_count, WORDS_MAX, words);
    }
    if (strcmp(key, "error") == 0) {
        return named(text->errors, &text->error_count, ERRORS_MAX, words);
    }
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (strcmp(key, places[i].key) == 0) {
            *places[i].place = join(*places[i].place, "", words);
            return places[i].place;
        }
    }
    text->is_absent |= strcmp(key, "absent") == 0;
    text->is_alone |= strcmp(key, "alone") == 0;
    if (strcmp(key, "absent") != 0 && strcmp(key, "alone") != 0) {
        complain("unknown word: %s", key);
    }
    return NULL;
}

static void read_line(struct call_text **text, char ***place, char *line)
{
    line[strcspn(line, "\n")] = 0;
    if (line[0] == '#' || line[0] == 0) {
        return;
    }
    if (line[0] == ' ' && *place == NULL) {
        complain("nothing is continued by: %s", line);
    } else if (strcmp(line, "    ---") == 0) {
        (*text)->above = **place;
        **place = NULL;
    } else if (strncmp(line, "    ", 4) == 0) {
        **place = join(join(**place, "", line + 4), "", "\n");
    } else if (line[0] == ' ') {
        **place = join(**place, " ", line + 2);
    } else {
        size_t length = strcspn(line, " ");
        const char *words = line + length + (line[length] == ' ');
        line[length] = 0;
        if (strcmp(line, "call") == 0) {
            *text = &texts[index_of(words)];
            *place = NULL;
        } else if (*text == NULL) {
            complain("no call before: %s", line);
        } else {
            *place = key_line(*text, line, words);
        }
    }
}

static void fill(struct call_text *text, const char *error, const char *words)
{
    for (size_t i = 0; i < text->error_count; i++) {
        if (strcmp(text->errors[i].name, error) == 0 && text->errors[i].text[0] == 0) {
            text->errors[i].text = join(text->errors[i].text, "", words);
        }
    }
}

/* What stands for so many calls that the texts leave it out. */
static void fill_all(const struct call *call, struct call_text *text)
{
    char *pointers = NULL;

    for (size_t i = 0; i < WORDS_MAX && call->types[i] != NULL; i++) {
        if (strchr(call->types[i], '*') != NULL) {
            bool is_read = strncmp(call->types[i], "const ", 6) == 0;
            pointers = join(pointers, ", or ", call->parameters[i]);
            pointers = join(pointers, " cannot be ", is_read ? "read" : "written");
        }
    }
    fill(text, "FAULT", pointers == NULL ? "" : pointers);
    free(pointers);
    fill(text, "LIMIT", "the caller's quota of kernel memory is used up (tr_system_info tells it)");
    fill(text, "NOMEM", "not enough free memory for a process of the caller's class");
    if (strcmp(call->sleeps, "NOW") == 0 && text->sleeps == NULL) {
        text->sleeps = join(NULL, "", "Never.");
    }
    if (text->who == NULL) {
        text->who = join(NULL, "",
                         strcmp(call->rights, "ANY") == 0      ? "Every class."
                         : strcmp(call->rights, "SYSTEM") == 0 ? "Drivers and servers."
                                                               : "Drivers.");
    }
    if (strcmp(call->rights, "ANY") != 0) {
        text->who = join(text->who, " ", "Others get TR_E_PERM before anything else is looked at.");
    }
    if (text->end == NULL) {
        text->end = join(NULL, "", "The call is over before anybody can end the caller.");
    }
}

static void check(const struct call *call, const struct call_text *text)
{
    size_t count = 0;

    while (count < WORDS_MAX && call->parameters[count] != NULL) {
        count++;
    }
    if (text->argument_count != count) {
        complain("%s has %zu arguments", call->name, count);
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text->arguments[i].name, call->parameters[i]) != 0) {
            complain("%s: argument %s comes here", call->name, call->parameters[i]);
        }
        if (text->arguments[i].text[0] == 0) {
            complain("%s: nothing about %s", call->name, call->parameters[i]);
        }
    }
    for (size_t i = 0; i < text->error_count; i++) {
        if (text->errors[i].text[0] == 0) {
            complain("%s: nothing about %s", call->name, text->errors[i].name);
        }
    }
    const struct named_text needed[] = {{"law", text->law},       {"does", text->does},
                                        {"result", text->result}, {"sleeps", text->sleeps},
                                        {"who", text->who},       {"end", text->end}};
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (needed[i].text == NULL || needed[i].text[0] == 0) {
            complain("%s: no \"%s\"", call->name, needed[i].name);
        }
    }
    if (!text->is_absent && (text->body == NULL || text->prints == NULL)) {
        complain("%s: no example, or nothing that it prints", call->name);
    }
}

void call_texts_read(const char *folder)
{
    char line[LINE_MAX_BYTES];

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct call_text *text = NULL;
        char **place = NULL;
        snprintf(line, sizeof(line), "%s/%s.calls", folder, files[i]);
        FILE *file = fopen(line, "r");
        if (file == NULL) {
            complain("%s cannot be read", line);
        }
        while (fgets(line, sizeof(line), file) != NULL) {
            read_line(&text, &place, line);
        }
        fclose(file);
    }
    for (size_t i = 0; i < call_count; i++) {
        struct call_text *text = &texts[i];
        fill_all(&calls[i], text);
        if (text->is_absent && text->body == NULL) {
            char code[LINE_MAX_BYTES];
            snprintf(code, sizeof(code),
                     "printf(\"%%s\\n\", tr_error_name(tr_call(TR_NR_%s, 0, 0, 0, 0, 0, 0)));\n",
                     calls[i].name);
            text->body = join(NULL, "", code);
            text->prints = join(NULL, "", "TR_E_NOSYS\n");
        }
        check(&calls[i], text);
    }
}

const struct call_text *call_text(size_t index)
{
    return &texts[index];
}
