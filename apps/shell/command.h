/* SPDX-License-Identifier: MIT */
#pragma once

/* The shell's own commands. Each gets its words, argv[0] its name, and returns a status. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <terrarium/program.h>

struct command {
    const char *name;
    const char *words; /* what it takes, for help */
    const char *summary;
    const char *more; /* what else `help NAME` tells; NULL nothing */
    int (*run)(int argc, char **argv);
};

/* The command of this name that runs by itself, NULL if there is none. */
const struct command *command_find(const char *name);

/* The row of a name, also of what only changes how a line is run; of an index, NULL past the last.
 */
const struct command *command_row(const char *name);
const struct command *command_at(size_t index);

/* What a program says of itself (services.md 4); false: there is no such program. */
bool program_about(const char *name, char about[TR_ABOUT_MAX + 1]);

/* Writes how the command is used to stderr; returns STATUS_USAGE. */
int command_misused(const char *name);

/* Reads a decimal number; false if the word is none. */
bool number_read(const char *word, uint64_t *number);

/* Reads seconds with up to nine places; returns nanoseconds, -1 if that is no such number. */
int64_t seconds_read(const char *word);

/* Of command_show.c, for tables: a state in a word; nanoseconds as milliseconds with three places.
 */
#define TIME_TEXT 24
const char *state_name(uint32_t state);
const char *milliseconds(uint64_t ns, char text[TIME_TEXT]);

/* Of command_show.c and command_waits.c: commands that look at the system. */
int command_ps(int argc, char **argv);
int command_threads(int argc, char **argv);
int command_mem(int argc, char **argv);
int command_uptime(int argc, char **argv);
int command_version(int argc, char **argv);
int command_log(int argc, char **argv);

/* Of command_stat.c, command_device.c and command_shared.c: likewise. */
int command_stat(int argc, char **argv);
int command_calls(int argc, char **argv);
int command_devices(int argc, char **argv);
int command_shm(int argc, char **argv);

/* Of command_process.c: commands that act on processes and jobs. */
int command_kill(int argc, char **argv);
int command_try_kill(int argc, char **argv);
int command_suspend(int argc, char **argv);
int command_resume(int argc, char **argv);
int command_send(int argc, char **argv);
int command_jobs(int argc, char **argv);
int command_fg(int argc, char **argv);
int command_bg(int argc, char **argv);
int command_wait(int argc, char **argv);
