/* SPDX-License-Identifier: MIT */
#pragma once

/* A sub-command of `terrarium`: one row of the table in main.c, one file each. */

#include "option.h"

struct sim_command {
    const char *name;
    const char *usage;   /* what follows "terrarium NAME" */
    const char *summary; /* one line */
    const char *text;    /* what `terrarium help NAME` says beside the options; may be NULL */
    const struct sim_option *options; /* for the help; NULL: none */
    /* Takes the words behind the name; words[count] is NULL. Returns the exit code. */
    int (*run)(int count, char **words);
};

extern const struct sim_command sim_command_run;
extern const struct sim_command sim_command_exec;
extern const struct sim_command sim_command_trace;
extern const struct sim_command sim_command_doctor;
extern const struct sim_command sim_command_cc;
extern const struct sim_command sim_command_list;
extern const struct sim_command sim_command_extract;
extern const struct sim_command sim_command_version;

/* Says what is wrong with the words of a command and where to read more; returns SIM_EXIT_USAGE. */
int sim_usage_error(const struct sim_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
