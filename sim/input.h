/* SPDX-License-Identifier: MIT */
#pragma once

/* What the machine's UART reads. Usually standard input as it is. A terminal needs somebody in
 * between: a host thread that carries keys into a pipe, and sees Ctrl-\ and three Ctrl-C within a
 * second before the guest does. */

#include <pthread.h>
#include <stdbool.h>

struct sim_input {
    int fd; /* for the machine */
    bool has_carrier;
    int sink; /* the carrier's end of the pipe; -1: it has closed it */
    pthread_t carrier, owner;
};

/* False after a complaint. The caller's thread is the one that gets the signals. */
bool sim_input_open(struct sim_input *input, bool is_terminal);
void sim_input_close(struct sim_input *input);
