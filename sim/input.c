/* SPDX-License-Identifier: MIT */
/* The carrier of input. */

#include "input.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/say.h"
#include "sim/signals.h"
#include "sim/terminal.h"
#include "sim/write.h"

#define KEY_INTERRUPT 3  /* Ctrl-C */
#define KEY_QUIT      28 /* Ctrl-\ */
#define WITHIN_NS     INT64_C(1000000000)
#define LOOK_MS       100 /* between two looks whether the terminal is ours again */

static int64_t host_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* True if these keys end the simulator, by the signal that a terminal would send. */
static bool ends_run(const struct sim_input *input, const char *bytes, size_t size,
                     int64_t presses[SIM_INPUT_PRESSES])
{
    for (size_t i = 0; i < size; i++) {
        int number = 0;
        if (bytes[i] == KEY_QUIT) {
            number = SIGQUIT;
        } else if (bytes[i] == KEY_INTERRUPT) {
            unsigned last = input->presses - 1;
            memmove(presses, presses + 1, last * sizeof(*presses));
            presses[last] = host_now();
            number = presses[last] - presses[0] < WITHIN_NS ? SIGINT : 0;
        }
        if (number != 0) {
            sim_signals_send(number);
            return true;
        }
    }
    return false;
}

/* Reads keys. In the background that is an error (EIO), and a shell need not tell when it gives the
 * terminal back. */
static ssize_t read_keys(char *bytes, size_t size)
{
    for (;;) {
        ssize_t got = read(STDIN_FILENO, bytes, size);
        if (got >= 0 || (errno != EINTR && errno != EIO)) {
            return got;
        }
        bool is_elsewhere = errno == EIO;
        while (is_elsewhere && !sim_terminal_is_gone()) {
            poll(NULL, 0, LOOK_MS);
            is_elsewhere = !sim_terminal_is_held();
        }
        if (is_elsewhere) {
            sim_signals_send(SIGHUP);
            return -1;
        }
        sim_terminal_take();
    }
}

static void *carry(void *argument)
{
    struct sim_input *input = argument;
    int64_t presses[SIM_INPUT_PRESSES] = {-WITHIN_NS, -WITHIN_NS, -WITHIN_NS};
    char bytes[512];
    bool open = true;
    while (open) {
        ssize_t got = read_keys(bytes, sizeof(bytes));
        if (got > 0 && ends_run(input, bytes, (size_t)got, presses)) {
            /* Not the end of input: the machine is to see the signal, nothing else. */
            return NULL;
        }
        open = got > 0 && sim_write(input->sink, bytes, (size_t)got);
    }
    close(input->sink);
    input->sink = -1;
    return NULL;
}

static bool start_carrier(struct sim_input *input)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    input->fd = ends[0];
    input->sink = ends[1];
    /* Signals are for the machine's thread only. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&input->carrier, NULL, carry, input);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        close(ends[0]);
        close(ends[1]);
        errno = error;
        return false;
    }
    input->has_carrier = true;
    return true;
}

bool sim_input_open(struct sim_input *input, bool is_terminal, unsigned presses)
{
    *input = (struct sim_input){.fd = STDIN_FILENO, .presses = presses};
    if (!is_terminal) {
        return true;
    }
    if (!start_carrier(input)) {
        sim_complain("standard input: %s", strerror(errno));
        return false;
    }
    return true;
}

void sim_input_close(struct sim_input *input)
{
    if (!input->has_carrier) {
        return;
    }
    /* read() is a cancellation point, and the carrier holds nothing but its pipe. */
    pthread_cancel(input->carrier);
    pthread_join(input->carrier, NULL);
    close(input->fd);
    if (input->sink >= 0) {
        close(input->sink);
    }
    input->has_carrier = false;
}
