/* SPDX-License-Identifier: MIT */
/* The terrarium command on a terminal, from its start to the shell's prompt. */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"
#include "unit.h"

#define PROMPT "terrarium> "

static void *open_nothing(uint64_t unused)
{
    (void)unused;
    return NULL;
}

/* The child's side: the terminal becomes its standard streams. */
static void run_on_terminal(int terminal)
{
    const char *name = ptsname(terminal);

    setsid();
    int end = open(name, O_RDWR);
    dup2(end, 0);
    dup2(end, 1);
    dup2(end, 2);
    execl(BENCH_COMMAND, BENCH_COMMAND, "run", (char *)NULL);
    _exit(127);
}

static void read_until_prompt(int terminal)
{
    char text[8192];
    size_t size = 0;

    do {
        bench_must(size < sizeof text - 1, "no prompt");
        ssize_t got = read(terminal, text + size, sizeof text - 1 - size);
        bench_must(got > 0, "terminal");
        size += (size_t)got;
        text[size] = '\0';
    } while (strstr(text, PROMPT) == NULL);
}

static double batch(void *unused)
{
    (void)unused;
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    bench_must(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0, "posix_openpt");
    double start = measure_now();
    pid_t pid = fork();
    bench_must(pid >= 0, "fork");
    if (pid == 0) {
        run_on_terminal(terminal);
    }
    read_until_prompt(terminal);
    double end = measure_now();
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    (void)close(terminal);
    return end - start;
}

static void close_nothing(void *unused)
{
    (void)unused;
}

const struct source unit_prompt = {open_nothing, batch, close_nothing, 1};
