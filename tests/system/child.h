/* SPDX-License-Identifier: MIT */
#pragma once

/* The simulator as a child of a test, with pipes or a terminal. Every wait is for an event and has
 * a limit, at which the test fails. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>

struct child {
    pid_t pid;
    int input, output, error; /* our ends; -1: none. On a terminal all are its other side */
    char heard[65536];        /* the last of what was read */
    size_t size;
};

/* The command under test, and the folder with programs. */
extern const char *child_command, *child_programs;

/* Starts the command with these words (NULL ends them), with pipes for its three streams. */
void child_start(struct child *child, const char *const *words);
/* The same with this terminal for all, or with error apart; in a process group of its own, which
 * gets the terminal if it is to be in the foreground. */
void child_start_on(struct child *child, int terminal, bool is_foreground, int error,
                    const char *const *words);

/* Makes a terminal, which becomes the caller's. False: the host gives none. */
bool child_terminal(int *master, int *slave);
/* The main of a test that needs one of its own: takes the words TERRARIUM PROGRAMS and runs `lead`
 * as the leader of a session, which the caller must not have been before. */
int child_lead(int count, char **words, int (*lead)(void));

/* Reads from a file until this text has come; what came before is in child->heard. */
void child_expect(struct child *child, int file, const char *text);
void child_say(int file, const char *text);
/* Waits until nothing more fits into a pipe, of which this is the writing end. */
void child_await_full(int file);
/* Waits for its end; returns the status as a shell has it, and closes the files. */
int child_end(struct child *child);
/* Kills one that a test has left behind. */
void child_stop(struct child *child);
/* Waits until it is stopped, or goes on (WUNTRACED, WCONTINUED). */
void child_await_change(struct child *child, int what);
/* Waits until nobody has the other end of a pipe open for writing. */
void child_await_closed(int file);
