/* SPDX-License-Identifier: MIT */
#pragma once

/* Options of the command line as a table: one row makes the parser take the option, the help tell
 * of it and the shell completion offer it. A command keeps its values in a structure of its own;
 * a row says at which offset. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sim_option_kind {
    SIM_OPTION_SET,    /* no argument; bool = true */
    SIM_OPTION_CLEAR,  /* no argument; bool = false */
    SIM_OPTION_TEXT,   /* const char * */
    SIM_OPTION_NUMBER, /* uint64_t */
    SIM_OPTION_MEMORY, /* uint64_t */
    SIM_OPTION_TIME,   /* uint64_t */
    SIM_OPTION_CHOICE, /* uint64_t, an index of choices */
    SIM_OPTION_LIST    /* struct sim_list: may be given more than once */
};

struct sim_list {
    const char **words; /* owned; freed by sim_list_free */
    size_t count;
};
void sim_list_free(struct sim_list *list);

struct sim_option {
    const char *name; /* without "--"; NULL ends the table */
    char letter;      /* '-v'; 0: none */
    enum sim_option_kind kind;
    size_t offset;
    size_t given;         /* offset of a bool set to true when the option is given; 0: none */
    const char *argument; /* how the help names its argument; NULL: it takes none */
    const char *const *choices;
    const char *help;
};

/* Takes the options out of words (which does not hold the command's name); what remains is moved
 * to the front and counted in *count. "--" ends the options. If `leading`, the first word that is
 * no option ends them too. Returns 0 or, after a complaint, SIM_EXIT_USAGE. */
int sim_options_take(const struct sim_option *table, void *values, bool leading, int *count,
                     char **words);

/* The table as help text on standard output. */
void sim_options_help(const struct sim_option *table);
