/* SPDX-License-Identifier: MIT */
/* Raw mode, who holds the terminal, and the guard that undoes it. */

#include "terminal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Shared with the guard. */
struct terminal {
    int file;
    pid_t parent_group; /* a shell's, which takes the terminal when we have ended */
    struct termios saved, raw;
    volatile sig_atomic_t is_known; /* saved and raw are */
    volatile sig_atomic_t is_raw;   /* and we have set it */
};

static struct terminal *terminal;
static int guard_pipe = -1;
static pid_t guard;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* A terminal that is not the process's own has no groups: nobody takes turns on it. */
bool sim_terminal_is_held(void)
{
    pid_t group = terminal != NULL ? tcgetpgrp(terminal->file) : -1;
    return group >= 0 ? group == getpgrp() : terminal != NULL && errno == ENOTTY;
}

bool sim_terminal_is_gone(void)
{
    struct termios mode;
    int error = errno;
    bool is_gone = terminal != NULL && tcgetattr(terminal->file, &mode) != 0;
    errno = error;
    return is_gone;
}

static bool is_same(const struct termios *one, const struct termios *other)
{
    return one->c_iflag == other->c_iflag && one->c_oflag == other->c_oflag &&
           one->c_lflag == other->c_lflag && one->c_cc[VMIN] == other->c_cc[VMIN];
}

/* The simulator has died. If the terminal is as it had made it, nobody else has set it since; and
 * the shell may have it again, but no program that the shell has started since. */
static void undo(void)
{
    struct termios now;
    pid_t group = tcgetpgrp(terminal->file);
    bool is_ours = group < 0 || group == getpgrp() || group == terminal->parent_group;
    if (terminal->is_raw != 0 && is_ours && tcgetattr(terminal->file, &now) == 0 &&
        is_same(&now, &terminal->raw)) {
        tcsetattr(terminal->file, TCSANOW, &terminal->saved);
    }
}

/* The guard: waits until the pipe's writer has died (end of file). */
static void __attribute__((noreturn)) stand_guard(int pipe_fd)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    char byte;
    ssize_t got;
    do {
        got = read(pipe_fd, &byte, 1);
    } while (got < 0 && errno == EINTR);
    undo();
    _exit(0);
}

static bool start_guard(void)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    guard = fork();
    if (guard == 0) {
        close(ends[1]);
        close(STDOUT_FILENO);
        stand_guard(ends[0]);
    }
    close(ends[0]);
    if (guard < 0) {
        close(ends[1]);
        return false;
    }
    guard_pipe = ends[1];
    return true;
}

static void learn_modes(void)
{
    struct termios *raw = &terminal->raw;
    tcgetattr(terminal->file, &terminal->saved);
    *raw = terminal->saved;
    raw->c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP);
    raw->c_oflag &= ~(tcflag_t)OPOST; /* the system ends its lines itself */
    raw->c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw->c_cc[VMIN] = 1;
    raw->c_cc[VTIME] = 0;
    terminal->is_known = 1;
}

void sim_terminal_take(void)
{
    pthread_mutex_lock(&lock);
    if (guard_pipe >= 0 && sim_terminal_is_held()) {
        if (terminal->is_known == 0) {
            learn_modes();
        }
        terminal->is_raw = 1;
        tcsetattr(terminal->file, TCSANOW, &terminal->raw);
    }
    pthread_mutex_unlock(&lock);
}

/* Without the lock: also in a signal handler. */
static void give_back(void)
{
    if (terminal->is_raw != 0 && sim_terminal_is_held()) {
        tcsetattr(terminal->file, TCSANOW, &terminal->saved);
        terminal->is_raw = 0;
    }
}

void sim_terminal_leave(void)
{
    pthread_mutex_lock(&lock);
    if (guard_pipe >= 0) {
        give_back();
    }
    pthread_mutex_unlock(&lock);
}

bool sim_terminal_raw(int fd)
{
    struct termios mode;
    if (terminal != NULL || tcgetattr(fd, &mode) != 0) {
        return false;
    }
    void *shared =
        mmap(NULL, sizeof(*terminal), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        return false;
    }
    terminal = shared;
    terminal->file = fd;
    terminal->parent_group = getpgid(getppid());
    if (!start_guard()) {
        return false;
    }
    atexit(sim_terminal_restore);
    sim_terminal_take();
    return true;
}

const char *sim_terminal_line_end(int fd)
{
    return terminal != NULL && terminal->is_raw != 0 && isatty(fd) == 1 ? "\r\n" : "\n";
}

void sim_terminal_restore(void)
{
    int pipe_fd = guard_pipe;
    if (pipe_fd < 0) {
        return;
    }
    guard_pipe = -1;
    int error = errno;
    give_back();
    kill(guard, SIGKILL);
    while (waitpid(guard, NULL, 0) < 0 && errno == EINTR) {
    }
    close(pipe_fd);
    errno = error;
}
