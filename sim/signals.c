/* SPDX-License-Identifier: MIT */
/* The handlers only note the signal and tell the machine. They run on the alternate stack and with
 * the host's thread pointer, because what they interrupt may be a guest. */

#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "hal-posix/posix.h"
#include "sim/exit.h"
#include "sim/terminal.h"

static struct machine *volatile target;
static volatile sig_atomic_t taken;

static void on_signal(int number)
{
    int error = errno;
    struct machine *machine = target;
    if (taken != 0) {
        sim_terminal_restore();
        _exit(SIM_EXIT_SIGNAL + number);
    }
    taken = number;
    if (machine != NULL) {
        posix_machine_interrupt(machine);
    }
    errno = error;
}

void sim_signals_install(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sigset_t all;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct sigaction before;
        /* Under nohup the end of the terminal is to be outlived. */
        bool outlives = numbers[i] == SIGHUP && sigaction(SIGHUP, NULL, &before) == 0 &&
                        before.sa_handler == SIG_IGN;
        if (!outlives) {
            posix_signal_handle(numbers[i], on_signal, 0, &all);
        }
    }
    signal(SIGPIPE, SIG_IGN);
}

void sim_signals_machine(struct machine *machine)
{
    target = machine;
}

int sim_signals_taken(void)
{
    return taken;
}
