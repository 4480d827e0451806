/* SPDX-License-Identifier: MIT */
/* The option table's parser and its help. */

#include "option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/exit.h"
#include "sim/parse.h"
#include "sim/say.h"

void sim_list_free(struct sim_list *list)
{
    free(list->words);
    list->words = NULL;
    list->count = 0;
}

static bool list_add(struct sim_list *list, const char *word)
{
    const char **words = realloc(list->words, (list->count + 1) * sizeof(*words));
    if (words == NULL) {
        return false;
    }
    list->words = words;
    list->words[list->count++] = word;
    return true;
}

static bool takes_argument(const struct sim_option *option)
{
    return option->kind != SIM_OPTION_SET && option->kind != SIM_OPTION_CLEAR;
}

static int complain_of_value(const struct sim_option *option, const char *word)
{
    char choices[200];
    const char *form = choices;
    switch (option->kind) {
    case SIM_OPTION_NUMBER:
        form = SIM_NUMBER_FORM;
        break;
    case SIM_OPTION_MEMORY:
        form = SIM_MEMORY_FORM;
        break;
    case SIM_OPTION_TIME:
        form = SIM_TIME_FORM;
        break;
    default:
        sim_alternatives(choices, sizeof(choices), option->choices);
        break;
    }
    sim_complain("--%s: \"%s\" is not %s", option->name, word, form);
    return SIM_EXIT_USAGE;
}

/* Puts one option's value into its place. */
static int store(const struct sim_option *option, void *values, const char *word)
{
    void *place = (char *)values + option->offset;
    bool good = true;
    switch (option->kind) {
    case SIM_OPTION_SET:
    case SIM_OPTION_CLEAR:
        *(bool *)place = option->kind == SIM_OPTION_SET;
        break;
    case SIM_OPTION_TEXT:
        *(const char **)place = word;
        break;
    case SIM_OPTION_NUMBER:
        good = sim_parse_number(word, place);
        break;
    case SIM_OPTION_MEMORY:
        good = sim_parse_memory(word, place);
        break;
    case SIM_OPTION_TIME:
        good = sim_parse_time(word, place);
        break;
    case SIM_OPTION_CHOICE:
        good = sim_parse_choice(word, option->choices, place);
        break;
    case SIM_OPTION_LIST:
        if (!list_add(place, word)) {
            sim_complain("no memory for --%s", option->name);
            return SIM_EXIT_HOST;
        }
        break;
    }
    if (!good) {
        return complain_of_value(option, word);
    }
    if (option->given != 0) {
        *(bool *)((char *)values + option->given) = true;
    }
    return 0;
}

/* The row of "--name", "--name=value" or "-l"; *value gets what stands behind "=". */
static const struct sim_option *find(const struct sim_option *table, const char *word,
                                     const char **value)
{
    *value = NULL;
    if (word[1] != '-') {
        for (; table->name != NULL; table++) {
            if (table->letter != 0 && table->letter == word[1] && word[2] == '\0') {
                return table;
            }
        }
        return NULL;
    }
    const char *equals = strchr(word, '=');
    size_t length = equals != NULL ? (size_t)(equals - word) - 2 : strlen(word) - 2;
    for (; table->name != NULL; table++) {
        if (strlen(table->name) == length && strncmp(table->name, word + 2, length) == 0) {
            *value = equals != NULL ? equals + 1 : NULL;
            return table;
        }
    }
    return NULL;
}

/* A value that was forgotten, rather than one that begins like this. */
static bool looks_like_option(const struct sim_option *table, const char *word)
{
    const char *value;
    return word[0] == '-' && word[1] != '\0' &&
           (strcmp(word, "--") == 0 || find(table, word, &value) != NULL);
}

/* Takes the option at words[*at] and its argument. */
static int take_one(const struct sim_option *table, void *values, int *at, int count, char **words)
{
    const char *value;
    const char *word = words[*at];
    const struct sim_option *option = find(table, word, &value);
    if (option == NULL) {
        sim_complain("unknown option \"%s\"; --help lists them", word);
        return SIM_EXIT_USAGE;
    }
    if (!takes_argument(option) && value != NULL) {
        sim_complain("--%s takes no argument", option->name);
        return SIM_EXIT_USAGE;
    }
    if (takes_argument(option) && value == NULL) {
        if (*at + 1 >= count) {
            sim_complain("--%s needs %s", option->name, option->argument);
            return SIM_EXIT_USAGE;
        }
        value = words[++*at];
        if (looks_like_option(table, value)) {
            sim_complain("--%s needs %s; %s is an option (a value of that name: --%s=%s)",
                         option->name, option->argument, value, option->name, value);
            return SIM_EXIT_USAGE;
        }
    }
    if (takes_argument(option) && value[0] == '\0') {
        sim_complain("--%s needs %s; \"\" is empty", option->name, option->argument);
        return SIM_EXIT_USAGE;
    }
    return store(option, values, value);
}

int sim_options_take(const struct sim_option *table, void *values, bool leading, int *count,
                     char **words)
{
    int kept = 0;
    int at = 0;
    for (; at < *count; at++) {
        if (strcmp(words[at], "--") == 0) {
            at++;
            break;
        }
        if (words[at][0] != '-' || words[at][1] == '\0') {
            if (leading) {
                break;
            }
            words[kept++] = words[at];
            continue;
        }
        int code = take_one(table, values, &at, *count, words);
        if (code != 0) {
            return code;
        }
    }
    for (; at < *count; at++) {
        words[kept++] = words[at];
    }
    *count = kept;
    words[kept] = NULL;
    return 0;
}

void sim_options_help(const struct sim_option *table)
{
    for (; table->name != NULL; table++) {
        char left[64], choices[160] = "";
        char letter[] = {'-', table->letter, ',', ' ', '\0'};
        if (table->choices != NULL) {
            sim_alternatives(choices, sizeof(choices), table->choices);
        }
        snprintf(left, sizeof(left), "%s--%s%s%s", table->letter != 0 ? letter : "", table->name,
                 table->argument != NULL ? " " : "",
                 table->argument != NULL ? table->argument : "");
        const char *gap = strlen(left) > 22 ? "\n                         " : " ";
        printf("  %-22s%s%s%s%s%s\n", left, gap, table->help, choices[0] != '\0' ? " (" : "",
               choices, choices[0] != '\0' ? ")" : "");
    }
}
