/* SPDX-License-Identifier: MIT */
#pragma once

/* Signals as far as ISO C asks: a program raises them for itself. Nothing else does: a fault ends
 * the process at once, and Ctrl-C the program that the shell runs. */

typedef int sig_atomic_t;

#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
#define SIG_ERR ((void (*)(int)) - 1)

#define SIGINT  2
#define SIGILL  4
#define SIGABRT 6
#define SIGFPE  8
#define SIGSEGV 11
#define SIGTERM 15

/* What a signal does from now on, for the whole process; returns what it did. SIG_ERR: there is no
 * such signal, and errno is EINVAL. A handler stays until another takes its place. */
void (*signal(int number, void (*handler)(int)))(int);

/* Calls the handler, on this thread, before it returns 0. Not 0: there is no such signal, and errno
 * is EINVAL. With SIG_DFL the process ends at once with code 128 + the signal; nothing is written
 * out. */
int raise(int number);
