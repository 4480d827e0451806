/* SPDX-License-Identifier: MIT */
/* Signals come to a thread of their own; the machine's thread has them blocked, so that none can
 * come between its look and its wait. When one has come that ends the run, the thread pokes the
 * machine's until the process is gone: a poke does nothing, but ends the call of the host that the
 * machine may be in (EINTR), a pipe that is full for instance. */

#include "signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hal-posix/posix.h"
#include "sim/exit.h"
#include "sim/last_words.h"
#include "sim/say.h"
#include "sim/terminal.h"

#define POKE_SIGNAL (SIGRTMIN + 1)
#define POKE_NS     10000000

/* All that would end or stop the process and can be taken. The first three are taken even if they
 * were ignored: a shell without job control has what it starts in the background ignore them. */
static const int ends[] = {SIGINT,  SIGQUIT,   SIGTERM, SIGHUP,  SIGUSR1, SIGUSR2,  SIGALRM,
                           SIGPOLL, SIGVTALRM, SIGPROF, SIGXCPU, SIGPWR,  SIGSTKFLT};
#define ALWAYS_TAKEN 3
static const int stops[] = {SIGTSTP, SIGCONT};

static pthread_mutex_t target_lock = PTHREAD_MUTEX_INITIALIZER;
static struct machine *target;
static pthread_t owner, waiter;
static bool has_waiter;
static sigset_t waited, before;
static atomic_int taken;

static void on_poke(int number)
{
    (void)number;
}

static void take_end(int number)
{
    int before_it = 0;
    if (!atomic_compare_exchange_strong(&taken, &before_it, number)) {
        /* A terminal that goes is told twice: by its signal, and by an error of a read or write. */
        if (number == SIGHUP && before_it == SIGHUP) {
            return;
        }
        sim_terminal_restore();
        _exit(SIM_EXIT_SIGNAL + number);
    }
    pthread_mutex_lock(&target_lock);
    if (target != NULL) {
        posix_machine_interrupt(target);
    }
    pthread_mutex_unlock(&target_lock);
    pthread_kill(owner, POKE_SIGNAL);
}

/* Stops the process as if the signal had not been taken, but with the terminal as it was. */
static void take_stop(void)
{
    sigset_t stop, all;
    sim_terminal_leave();
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    pthread_kill(pthread_self(), SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, &all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
}

static void *wait_for_signals(void *argument)
{
    (void)argument;
    const struct timespec poke = {.tv_nsec = POKE_NS};
    for (;;) {
        bool is_ending = atomic_load(&taken) != 0;
        int number = sigtimedwait(&waited, NULL, is_ending ? &poke : NULL);
        if (number == SIGTSTP) {
            take_stop();
        } else if (number == SIGCONT) {
            sim_terminal_take();
        } else if (number > 0) {
            take_end(number);
        } else if (is_ending) {
            pthread_kill(owner, POKE_SIGNAL);
        }
    }
    return NULL;
}

static bool is_ignored(int number)
{
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void choose(bool has_terminal)
{
    sigemptyset(&waited);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        /* Under nohup the end of the terminal is to be outlived. */
        if (i < ALWAYS_TAKEN || !is_ignored(ends[i])) {
            sigaddset(&waited, ends[i]);
        }
    }
    for (size_t i = 0; has_terminal && i < sizeof(stops) / sizeof(stops[0]); i++) {
        sigaddset(&waited, stops[i]);
    }
}

bool sim_signals_install(bool has_terminal)
{
    sigset_t all;
    sigfillset(&all);
    posix_signal_handle(POKE_SIGNAL, on_poke, 0, &all);
    /* What cannot be written is an error of the write. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    sim_last_words_install();
    choose(has_terminal);
    owner = pthread_self();
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&waiter, NULL, wait_for_signals, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        sim_complain("signals: %s", strerror(error));
        return false;
    }
    has_waiter = true;
    pthread_sigmask(SIG_BLOCK, &waited, NULL);
    return true;
}

void sim_signals_release(void)
{
    if (has_waiter && atomic_load(&taken) == 0) {
        has_waiter = false;
        /* A host that queues no signals does not end it; then the process does. */
        if (pthread_cancel(waiter) == 0) {
            pthread_join(waiter, NULL);
        }
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
}

void sim_signals_machine(struct machine *machine)
{
    pthread_mutex_lock(&target_lock);
    target = machine;
    sim_last_words_machine(machine);
    pthread_mutex_unlock(&target_lock);
}

void sim_signals_send(int number)
{
    if (sigismember(&waited, number) == 1) {
        take_end(number);
    }
}

int sim_signals_taken(void)
{
    return atomic_load(&taken);
}
