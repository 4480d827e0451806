/* SPDX-License-Identifier: MIT */
/* Signals that a program raises for itself. */

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <terrarium.h>

#define SIGNALS     16
#define SIGNAL_CODE 128 /* of a process that a signal ended: this and the signal */

typedef void signal_handler(int number);

static signal_handler *signal_handlers[SIGNALS]; /* SIG_DFL is NULL */

static bool signal_is_known(int number)
{
    switch (number) {
    case SIGINT:
    case SIGILL:
    case SIGABRT:
    case SIGFPE:
    case SIGSEGV:
    case SIGTERM:
        return true;
    default:
        errno = EINVAL;
        return false;
    }
}

void (*signal(int number, void (*handler)(int)))(int)
{
    if (!signal_is_known(number)) {
        return SIG_ERR;
    }
    return __atomic_exchange_n(&signal_handlers[number], handler, __ATOMIC_ACQ_REL);
}

int raise(int number)
{
    if (!signal_is_known(number)) {
        return -1;
    }
    signal_handler *handler = __atomic_load_n(&signal_handlers[number], __ATOMIC_ACQUIRE);
    if (handler == SIG_DFL) {
        tr_process_exit(SIGNAL_CODE + number);
    }
    if (handler != SIG_IGN) {
        handler(number);
    }
    return 0;
}

void abort(void)
{
    (void)raise(SIGABRT);
    tr_process_exit(SIGNAL_CODE + SIGABRT);
}
