/* SPDX-License-Identifier: MIT */
/* The host's primitives. */

#include "host.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

extern char **environ;

static void must(int good, const char *what)
{
    if (!good) {
        perror(what);
        exit(1);
    }
}

void host_getppid(struct measure *measure)
{
    for (int sample = 0; sample < MEASURE_SAMPLES; sample++) {
        double start = measure_now();
        for (int i = 0; i < 2000; i++) {
            (void)syscall(SYS_getppid);
        }
        measure_add(measure, measure_now() - start, 2000);
    }
}

static ucontext_t main_context, other_context;

static void other(void)
{
    for (;;) {
        swapcontext(&other_context, &main_context);
    }
}

void host_swapcontext(struct measure *measure)
{
    static char stack[65536];

    getcontext(&other_context);
    other_context.uc_stack.ss_sp = stack;
    other_context.uc_stack.ss_size = sizeof stack;
    makecontext(&other_context, other, 0);
    for (int sample = 0; sample < MEASURE_SAMPLES; sample++) {
        double start = measure_now();
        for (int i = 0; i < 500; i++) {
            swapcontext(&main_context, &other_context);
        }
        measure_add(measure, measure_now() - start, 1000);
    }
}

static void echo_bytes(int from, int to)
{
    char bytes[64];

    while (read(from, bytes, sizeof bytes) == (ssize_t)sizeof bytes &&
           write(to, bytes, sizeof bytes) == (ssize_t)sizeof bytes) {
    }
    _exit(0);
}

void host_pipe_round(struct measure *measure)
{
    int there[2], back[2];
    char bytes[64] = {0};

    must(pipe(there) == 0 && pipe(back) == 0, "pipe");
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0) {
        close(there[1]);
        close(back[0]);
        echo_bytes(there[0], back[1]);
    }
    for (int sample = 0; sample < MEASURE_SAMPLES; sample++) {
        double start = measure_now();
        for (int i = 0; i < 100; i++) {
            must(write(there[1], bytes, sizeof bytes) == (ssize_t)sizeof bytes &&
                     read(back[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes,
                 "pipe");
        }
        measure_add(measure, measure_now() - start, 100);
    }
    close(there[1]);
    close(there[0]);
    close(back[0]);
    close(back[1]);
    (void)waitpid(pid, NULL, 0);
}

void host_spawn(struct measure *measure)
{
    char *const arguments[] = {"/bin/true", NULL};

    for (int sample = 0; sample < MEASURE_SAMPLES; sample++) {
        pid_t pid;
        double start = measure_now();
        must(posix_spawn(&pid, arguments[0], NULL, NULL, arguments, environ) == 0, "posix_spawn");
        (void)waitpid(pid, NULL, 0);
        measure_add(measure, measure_now() - start, 1);
    }
}

/* The child's side: the terminal becomes its standard streams. */
static void run_on_terminal(int terminal, const char *command)
{
    const char *name = ptsname(terminal);

    setsid();
    int end = open(name, O_RDWR);
    dup2(end, 0);
    dup2(end, 1);
    dup2(end, 2);
    execl(command, command, "run", (char *)NULL);
    _exit(127);
}

static void read_until(int terminal, const char *prompt)
{
    char text[4096];
    size_t size = 0;

    while (size < sizeof text - 1) {
        ssize_t got = read(terminal, text + size, sizeof text - 1 - size);
        must(got > 0, "terminal");
        size += (size_t)got;
        text[size] = '\0';
        if (strstr(text, prompt) != NULL) {
            return;
        }
    }
}

void host_command_prompt(struct measure *measure, const char *command, const char *prompt)
{
    for (int sample = 0; sample < 21; sample++) {
        int terminal = posix_openpt(O_RDWR | O_NOCTTY);
        must(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0, "posix_openpt");
        double start = measure_now();
        pid_t pid = fork();
        must(pid >= 0, "fork");
        if (pid == 0) {
            run_on_terminal(terminal, command);
        }
        read_until(terminal, prompt);
        measure_add(measure, measure_now() - start, 1);
        kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        close(terminal);
    }
}
