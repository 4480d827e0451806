/* SPDX-License-Identifier: MIT */
/* The work of a peer that runs Linux programs: as the first process of User Mode Linux, inside
 * gVisor, or on the host itself. Static. Orders come by lines on standard input,
 *
 *   round SIZE COUNT   there and back through two pipes between this and another process
 *   spawn COUNT PATH   starts a program and waits for its end
 *
 * each answered by the line "peer: done"; the first line is "peer: ready". The end of the input
 * ends it, and the machine if it is process 1. */

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define SIZE_MOST 65536

static char bytes[SIZE_MOST];

static int move_all(ssize_t (*move)(int, char *, size_t), int file, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t moved = move(file, bytes + done, size - done);
        if (moved <= 0) {
            return 0;
        }
        done += (size_t)moved;
    }
    return 1;
}

static ssize_t move_in(int file, char *at, size_t size)
{
    return read(file, at, size);
}

static ssize_t move_out(int file, char *at, size_t size)
{
    return write(file, at, size);
}

static void echo(int from, int to, size_t size)
{
    while (move_all(move_in, from, size) && move_all(move_out, to, size)) {
    }
    _exit(0);
}

static int rounds(size_t size, unsigned long count)
{
    int there[2], back[2], good = 1;

    if (size > SIZE_MOST || pipe(there) != 0 || pipe(back) != 0) {
        return 0;
    }
    pid_t child = fork();
    if (child == 0) {
        (void)close(there[1]);
        (void)close(back[0]);
        echo(there[0], back[1], size);
    }
    (void)close(there[0]);
    (void)close(back[1]);
    for (unsigned long i = 0; good && i < count; i++) {
        good = move_all(move_out, there[1], size) && move_all(move_in, back[0], size);
    }
    (void)close(there[1]);
    (void)close(back[0]);
    return child > 0 && waitpid(child, NULL, 0) == child && good;
}

static int spawns(unsigned long count, char *path)
{
    char *const arguments[] = {path, NULL};
    int status = 0;

    for (unsigned long i = 0; status == 0 && i < count; i++) {
        pid_t pid;
        if (posix_spawn(&pid, path, NULL, NULL, arguments, environ) != 0 ||
            waitpid(pid, &status, 0) != pid) {
            return 0;
        }
    }
    return status == 0;
}

static int obey(const char *line)
{
    char path[256];
    size_t size;
    unsigned long count;

    if (sscanf(line, "round %zu %lu", &size, &count) == 2) {
        return rounds(size, count);
    }
    if (sscanf(line, "spawn %lu %255s", &count, path) == 2) {
        return spawns(count, path);
    }
    return 0;
}

/* A console would send our own words back, and change the ends of lines. */
static void make_raw(int file)
{
    struct termios how;

    if (tcgetattr(file, &how) == 0) {
        how.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
        how.c_oflag &= ~(tcflag_t)OPOST;
        (void)tcsetattr(file, TCSANOW, &how);
    }
}

int main(void)
{
    char line[512];

    (void)signal(SIGPIPE, SIG_IGN);
    make_raw(0);
    puts("peer: ready");
    (void)fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL && strncmp(line, "end", 3) != 0) {
        puts(obey(line) ? "peer: done" : "peer: failed");
        (void)fflush(stdout);
    }
    if (getpid() == 1) {
        (void)reboot(RB_POWER_OFF);
    }
    return 0;
}
