/* SPDX-License-Identifier: MIT */
#pragma once

/* What the machine's UART reads. Usually standard input as it is. A terminal, or a script that
 * goes before, needs somebody in between: a host thread that carries bytes into a pipe and, on a
 * terminal, sees Ctrl-\ and three Ctrl-C within a second before the guest does. */

#include <pthread.h>
#include <stdbool.h>

struct sim_input {
    int fd; /* for the machine */
    bool has_carrier;
    int sink, source; /* the carrier's ends; source -1: only the script */
    const char *script;
    bool is_terminal;
    pthread_t carrier, owner;
};

/* False after a complaint. Call with the signals that end a run blocked in no thread but this. */
bool sim_input_open(struct sim_input *input, bool is_terminal, const char *script,
                    bool script_only);
void sim_input_close(struct sim_input *input);
