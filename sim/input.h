/* SPDX-License-Identifier: MIT */
#pragma once

/* What the machine's UART reads. Usually standard input as it is. A terminal needs somebody in
 * between: a host thread that carries keys into a pipe, and sees Ctrl-\ and so many Ctrl-C within a
 * second before the guest does. In the background there are no keys: that is no end of input. */

#include <pthread.h>
#include <stdbool.h>

#define SIM_INPUT_PRESSES 3

struct sim_input {
    int fd; /* for the machine */
    bool has_carrier;
    int sink;         /* the carrier's end of the pipe; -1: it has closed it */
    unsigned presses; /* of Ctrl-C that end the run, at most SIM_INPUT_PRESSES */
    pthread_t carrier;
};

/* False after a complaint. */
bool sim_input_open(struct sim_input *input, bool is_terminal, unsigned presses);
void sim_input_close(struct sim_input *input);
