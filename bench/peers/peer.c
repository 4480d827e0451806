/* SPDX-License-Identifier: MIT */
/* Starts peers, gives them orders and measures them: from the order to the answer by the host's
 * clock, in batches so large that the way of the order itself does not matter. */

#include "peers/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"
#include "peers/initramfs.h"
#include "unit.h"

#define WORDS    12
#define PATIENCE 60000 /* ms, for an answer */

struct running {
    uint64_t kind;
    pid_t pid;
    int orders, answers;
    char *archive; /* of User Mode Linux */
    char order[512];
    double operations; /* of an order */
};

static const struct {
    const char *command; /* found in PATH, or a path */
    const char *missing;
    unsigned rounds, yields, spawns; /* of an order: some 50 ms */
} peers[PEER_KINDS] = {
    [PEER_HOST] = {BENCH_INSIDE, "the program inside was not built", 5000, 0, 50},
    [PEER_PTH] = {BENCH_PTH, "GNU Pth was not there when this was built (package libpth-dev)", 5000,
                  100000, 0},
    [PEER_UML] = {"linux.uml", "no linux.uml in PATH (package user-mode-linux)", 1000, 0, 20},
    [PEER_GVISOR] = {"runsc", "no runsc in PATH (package runsc)", 1000, 0, 10},
};

/* Started by peer_start, taken by the next open. */
static struct running *waiting;

static int is_there(const char *command)
{
    char path[512];
    const char *folders = getenv("PATH");

    if (command[0] == '/' || command[0] == '\0') {
        return access(command, X_OK) == 0;
    }
    while (folders != NULL && *folders != '\0') {
        int length = (int)strcspn(folders, ":");
        (void)snprintf(path, sizeof path, "%.*s/%s", length, folders, command);
        if (access(path, X_OK) == 0) {
            return 1;
        }
        folders += length + (folders[length] == ':');
    }
    return 0;
}

/* The words of the command line; those that have to be made lie in `made`. */
static int find_words(struct running *peer, const char *words[WORDS], char made[512])
{
    static const struct initramfs_file files[] = {{"init", BENCH_INSIDE}, {"tiny", BENCH_TINY}};
    int count = 0;

    words[count++] = peers[peer->kind].command;
    if (peer->kind == PEER_UML) {
        peer->archive = initramfs_write(files, 2);
        if (peer->archive == NULL) {
            return 0;
        }
        (void)snprintf(made, 512, "initrd=%s", peer->archive);
        words[count++] = "mem=64M";
        words[count++] = made;
        words[count++] = "rdinit=/init";
        words[count++] = "con=null";
        words[count++] = "con0=fd:0,fd:1";
        words[count++] = "quiet";
    } else if (peer->kind == PEER_GVISOR) {
        words[count++] = "--platform=ptrace";
        words[count++] = "--network=none";
        words[count++] = "--ignore-cgroups";
        if (geteuid() != 0) {
            words[count++] = "--rootless";
        }
        words[count++] = "do";
        words[count++] = BENCH_INSIDE;
    }
    words[count] = NULL;
    return 1;
}

/* The child's side. */
static void become(const char *const words[WORDS], int from, int to)
{
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);

    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)dup2(from, 0);
    (void)dup2(to, 1);
    (void)dup2(nothing, 2);
    execvp(words[0], (char *const *)(uintptr_t)words);
    _exit(127);
}

static void launch(struct running *peer, const char *const words[WORDS])
{
    int orders[2], answers[2];

    bench_must(pipe2(orders, O_CLOEXEC) == 0 && pipe2(answers, O_CLOEXEC) == 0, "pipe");
    peer->pid = fork();
    bench_must(peer->pid >= 0, "fork");
    if (peer->pid == 0) {
        become(words, orders[0], answers[1]);
    }
    (void)close(orders[0]);
    (void)close(answers[1]);
    peer->orders = orders[1];
    peer->answers = answers[0];
}

/* A line, without what a console makes of its end; a kernel may say other things first. */
static int read_line(const struct running *peer, char *line, size_t size)
{
    struct pollfd file = {.fd = peer->answers, .events = POLLIN};
    size_t length = 0;

    while (length < size - 1) {
        if (poll(&file, 1, PATIENCE) <= 0 || read(peer->answers, line + length, 1) != 1) {
            return 0;
        }
        if (line[length] == '\n') {
            break;
        }
        length += line[length] != '\r';
    }
    line[length] = '\0';
    return 1;
}

static int answers(const struct running *peer, const char *answer)
{
    char line[512];

    while (read_line(peer, line, sizeof line)) {
        if (strncmp(line, "peer: ", 6) == 0) {
            return strcmp(line + 6, answer) == 0;
        }
    }
    return 0;
}

/* It ends when its orders do; what does not is killed, with all that it has started. */
static void stop(struct running *peer)
{
    ssize_t written = write(peer->orders, "end\n", 4);

    (void)written;
    (void)close(peer->orders);
    for (int ms = 0; ms < 5000 && waitpid(peer->pid, NULL, WNOHANG) == 0; ms += 10) {
        (void)usleep(10000);
    }
    (void)kill(-peer->pid, SIGKILL);
    (void)waitpid(peer->pid, NULL, 0);
    (void)close(peer->answers);
    if (peer->archive != NULL) {
        (void)unlink(peer->archive);
        free(peer->archive);
    }
    free(peer);
}

const char *peer_start(uint64_t kind)
{
    const char *words[WORDS];
    char made[512];

    if (!is_there(peers[kind].command)) {
        return peers[kind].missing;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    struct running *peer = calloc(1, sizeof *peer);
    bench_must(peer != NULL, "calloc");
    peer->kind = kind;
    if (!find_words(peer, words, made)) {
        free(peer);
        return "its first file system could not be written";
    }
    launch(peer, words);
    if (!answers(peer, "ready")) {
        stop(peer);
        return "it does not start here";
    }
    waiting = peer;
    return NULL;
}

static struct running *take(unsigned operations)
{
    struct running *peer = waiting;

    waiting = NULL;
    peer->operations = operations;
    return peer;
}

static void *open_round(uint64_t kind)
{
    struct running *peer = take(peers[kind].rounds);

    (void)snprintf(peer->order, sizeof peer->order, "round 64 %u\n", peers[kind].rounds);
    return peer;
}

static void *open_yield(uint64_t kind)
{
    struct running *peer = take(peers[kind].yields);

    (void)snprintf(peer->order, sizeof peer->order, "yield %u\n", peers[kind].yields);
    return peer;
}

static void *open_spawn(uint64_t kind)
{
    struct running *peer = take(peers[kind].spawns);

    (void)snprintf(peer->order, sizeof peer->order, "spawn %u %s\n", peers[kind].spawns,
                   kind == PEER_UML ? "/tiny" : BENCH_TINY);
    return peer;
}

static double batch(void *state)
{
    const struct running *peer = state;
    size_t length = strlen(peer->order);

    double start = measure_now();
    bench_must(write(peer->orders, peer->order, length) == (ssize_t)length, "a peer's orders");
    if (!answers(peer, "done")) {
        bench_fail("a peer did not do its work", (int64_t)peer->kind);
    }
    return (measure_now() - start) / peer->operations;
}

static void close_peer(void *state)
{
    stop(state);
}

const struct source peer_round = {open_round, batch, close_peer, 0};
const struct source peer_yield = {open_yield, batch, close_peer, 0};
const struct source peer_spawn = {open_spawn, batch, close_peer, 0};
