/* SPDX-License-Identifier: MIT */
#pragma once

/* What a run is told by the command line, for `run` and `exec` alike. */

#include <stdbool.h>
#include <stdint.h>

#include <terrarium/types.h>

#include "option.h"

enum sim_input_mode { SIM_INPUT_LIVE, SIM_INPUT_SCRIPT, SIM_INPUT_NONE };

struct sim_run {
    const char *boot_file; /* NULL: the embedded one */
    const char *trace, *dot;
    const char *program, *session; /* exec: a program's file and init's list; NULL: none */
    const char *argument;          /* exec: the program's, argument_size bytes */
    size_t argument_size;
    bool hash, verbose, announce, gdb;
    uint64_t seed, ram, clock, stop_at, max_reboots, input;
    bool has_seed, has_ram, has_clock, has_stop, has_input, pace, has_pace;
    struct sim_list programs; /* NAME=FILE */
    struct sim_list disks, cdroms, floppies, screenshots, happenings;
    const char *display, *sound, *keyboard, *serial, *rom, *date, *hardware;
    int word_count; /* the command line again, for --gdb */
    char **words;
};

extern const struct sim_option sim_run_options[];

/* What the help of `run` and `exec` says of exit codes. */
#define SIM_EXIT_HELP                                                                              \
    "Exit codes: the guest's own (0 to 255) when it halts the machine; otherwise\n"                \
    "    2  bad command line, boot file or program image\n"                                        \
    "    3  the kernel panicked, or the audit at the end found something\n"                        \
    "    4  the host refused something: memory, address space, a file\n"                           \
    "    5  more reboots than --max-reboots\n"                                                     \
    "    6  nothing could ever happen again: no runnable thread, no timer, no input\n"             \
    "  124  --stop-at was reached\n"                                                               \
    "  128+n  ended by signal n: 130 SIGINT or Ctrl-C, 131 Ctrl-\\, 143 SIGTERM,\n"                \
    "         129 SIGHUP: the terminal has gone\n"                                                 \
    "  141  the output was closed\n"

/* The name of a program in NAME=FILE, or in FILE alone: then the file's, without folder and ".elf".
 * False after a complaint. */
bool sim_program_name(const char *word, char name[TR_NAME_MAX]);

/* Runs a system until it ends; returns the exit code. Frees run->programs. */
int sim_run(struct sim_run *run);
