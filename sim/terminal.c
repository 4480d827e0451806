/* SPDX-License-Identifier: MIT */
/* Raw mode, and the guard that undoes it. */

#include "terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "hal-posix/posix.h"

static struct termios saved;
static struct termios raw;
static int terminal = -1;
static int guard_pipe = -1;
static pid_t guard;

/* The guard: waits until the pipe tells it to go (a byte) or its writer has died (end of file). */
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
    if (got == 0) {
        tcsetattr(terminal, TCSADRAIN, &saved);
    }
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

/* Stopped and continued: the shell has put the terminal into its own mode meanwhile. */
static void on_continue(int number)
{
    (void)number;
    int error = errno;
    if (guard_pipe >= 0) {
        tcsetattr(terminal, TCSADRAIN, &raw);
    }
    errno = error;
}

bool sim_terminal_raw(int fd)
{
    if (terminal >= 0 || tcgetattr(fd, &saved) != 0) {
        return false;
    }
    terminal = fd;
    raw = saved;
    raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP);
    raw.c_oflag &= ~(tcflag_t)OPOST; /* the system ends its lines itself */
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (!start_guard()) {
        return false;
    }
    atexit(sim_terminal_restore);
    sigset_t all;
    sigfillset(&all);
    posix_signal_handle(SIGCONT, on_continue, SA_RESTART, &all);
    if (tcsetattr(fd, TCSADRAIN, &raw) != 0) {
        sim_terminal_restore();
        return false;
    }
    return true;
}

const char *sim_terminal_line_end(int fd)
{
    return guard_pipe >= 0 && isatty(fd) == 1 ? "\r\n" : "\n";
}

void sim_terminal_restore(void)
{
    int pipe_fd = guard_pipe;
    if (pipe_fd < 0) {
        return;
    }
    guard_pipe = -1;
    int error = errno;
    tcsetattr(terminal, TCSADRAIN, &saved);
    /* If the byte cannot be written, the guard does the same once more. */
    ssize_t written = write(pipe_fd, "", 1);
    (void)written;
    close(pipe_fd);
    waitpid(guard, NULL, 0);
    errno = error;
}
