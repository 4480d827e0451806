/* SPDX-License-Identifier: MIT */
/* Children of tests. */

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_MS   30000
#define WORDS_MOST 32

const char *child_command, *child_programs;

static void await(int file, short events)
{
    struct pollfd wait = {.fd = file, .events = events};
    int ready;
    do {
        ready = poll(&wait, 1, LIMIT_MS);
    } while (ready < 0 && errno == EINTR);
    if (ready != 1) {
        fail_msg("nothing has happened for %d ms", LIMIT_MS);
    }
}

static void become(const int streams[3], const char *const *words)
{
    const char *all[WORDS_MOST] = {child_command};
    sigset_t none;
    for (int i = 0; i < 3; i++) {
        dup2(streams[i], i);
    }
    for (size_t i = 0; words[i] != NULL && i + 2 < WORDS_MOST; i++) {
        all[i + 1] = words[i];
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGTTOU, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    execv(child_command, (char *const *)all);
    _exit(127);
}

void child_start(struct child *child, const char *const *words)
{
    int pipes[3][2];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pipe2(pipes[i], O_CLOEXEC), 0);
    }
    child->size = 0;
    child->pid = fork();
    if (child->pid == 0) {
        become((const int[]){pipes[0][0], pipes[1][1], pipes[2][1]}, words);
    }
    child->input = pipes[0][1];
    child->output = pipes[1][0];
    child->error = pipes[2][0];
    close(pipes[0][0]);
    close(pipes[1][1]);
    close(pipes[2][1]);
}

void child_start_on(struct child *child, int terminal, bool is_foreground, int error,
                    const char *const *words)
{
    child->size = 0;
    child->input = child->output = child->error = -1;
    child->pid = fork();
    if (child->pid == 0) {
        setpgid(0, 0);
        if (is_foreground) {
            tcsetpgrp(terminal, getpid());
        }
        become((const int[]){terminal, terminal, error >= 0 ? error : terminal}, words);
    }
    setpgid(child->pid, child->pid);
    if (is_foreground) {
        tcsetpgrp(terminal, child->pid);
    }
}

void child_expect(struct child *child, int file, const char *text)
{
    while (memmem(child->heard, child->size, text, strlen(text)) == NULL) {
        if (child->size == sizeof(child->heard)) {
            child->size /= 2;
            memmove(child->heard, child->heard + child->size, child->size);
        }
        await(file, POLLIN);
        ssize_t got = read(file, child->heard + child->size, sizeof(child->heard) - child->size);
        if (got <= 0) {
            fail_msg("the end has come before \"%s\", after \"%.*s\"", text, (int)child->size,
                     child->heard);
        }
        child->size += (size_t)got;
    }
}

void child_say(int file, const char *text)
{
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
}

void child_await_full(int file)
{
    struct pollfd room = {.fd = file, .events = POLLOUT};
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    time_t end = now.tv_sec + LIMIT_MS / 1000;
    while (poll(&room, 1, 0) == 1 && now.tv_sec < end) {
        sched_yield();
        clock_gettime(CLOCK_MONOTONIC, &now);
    }
    assert_true(now.tv_sec < end);
}

static void close_files(struct child *child)
{
    const int files[] = {child->input, child->output, child->error};
    for (int i = 0; i < 3; i++) {
        if (files[i] >= 0) {
            close(files[i]);
        }
    }
}

int child_end(struct child *child)
{
    int status = 0;
    int file = (int)syscall(SYS_pidfd_open, child->pid, 0);
    struct pollfd wait = {.fd = file, .events = POLLIN};
    assert_true(file >= 0);
    bool is_over = poll(&wait, 1, LIMIT_MS) == 1;
    if (!is_over) {
        kill(child->pid, SIGKILL);
    }
    waitpid(child->pid, &status, 0);
    child->pid = 0;
    close(file);
    close_files(child);
    if (!is_over) {
        fail_msg("it has not ended for %d ms", LIMIT_MS);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void child_stop(struct child *child)
{
    if (child->pid > 0) {
        kill(child->pid, SIGKILL);
        child_end(child);
    }
}

void child_await_change(struct child *child, int what)
{
    int status;
    assert_int_equal(waitpid(child->pid, &status, what), child->pid);
    assert_true(what == WUNTRACED ? WIFSTOPPED(status) : WIFCONTINUED(status));
}

void child_await_closed(int file)
{
    char bytes[256];
    ssize_t got;
    do {
        await(file, POLLIN);
        got = read(file, bytes, sizeof(bytes));
    } while (got > 0);
    assert_int_equal(got, 0);
}

bool child_terminal(int *master, int *slave)
{
    *master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*master < 0 || grantpt(*master) != 0 || unlockpt(*master) != 0) {
        return false;
    }
    *slave = open(ptsname(*master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    return *slave >= 0 && ioctl(*slave, TIOCSCTTY, 0) == 0;
}

int child_lead(int count, char **words, int (*lead)(void))
{
    int status = 0;
    if (count != 3) {
        return 2;
    }
    child_command = words[1];
    child_programs = words[2];
    pid_t leader = fork();
    if (leader == 0) {
        setsid();
        signal(SIGHUP, SIG_IGN);
        signal(SIGTTOU, SIG_IGN);
        signal(SIGPIPE, SIG_IGN);
        exit(lead());
    }
    waitpid(leader, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
