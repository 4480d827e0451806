/* SPDX-License-Identifier: MIT */
#pragma once

/* What the parts of the shell share: the services it asks and the status of the last command. */

#include <stdbool.h>
#include <stdint.h>

#define STATUS_USAGE       2   /* a command was given words that make no sense */
#define STATUS_NOT_FOUND   127 /* no such command or program */
#define STATUS_FAULTED     128 /* + the cause: ended by a fault */
#define STATUS_INTERRUPTED 130 /* ^C ended a wait */
#define STATUS_KILLED      137

#define STREAM_WORD 64

struct shell {
    bool is_terminal; /* a person sits at the console */
    bool is_piped;    /* commands come by a pipe, not from the console */
    bool is_holder;   /* of the console's session */
    bool has_ended;   /* `exit` was given */
    int64_t status;   /* $? */
    uint64_t console; /* pids, 0: not there */
    uint64_t init;
    uint64_t output_pipe;     /* that it writes into; 0: none */
    char output[STREAM_WORD]; /* what connects its programs to the pipe it writes into, or empty */
};
extern struct shell shell;

/* Asks s\init for something about a process, or the system. Returns its result, TR_E_NOENT also if
 * there is no init. */
int64_t init_ask(uint32_t operation, uint64_t argument);

/* Becomes the holder of the console's session, if it is to be had and wanted. Returns how many
 * shells are below this one, or a TR_E_*. */
int64_t session_take(void);

/* How many columns the terminal that stdout goes to has; 0: it goes to none. */
int terminal_columns(void);

/* True if the terminal is too narrow for a table of 80 columns: then it has fewer columns. */
bool is_narrow(void);

/* Writes to stderr why something is not done, without a newline in the format; on a terminal it is
 * wrapped. */
void refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes "command: what: sentence" for a TR_E_* to stderr; returns 1, the status. */
int complain(const char *command, const char *what, int64_t error);

/* The process that a word means: a pid, %JOB, or a name, full or short. 0 after a complaint. */
uint64_t process_of(const char *command, const char *word);
