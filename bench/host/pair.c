/* SPDX-License-Identifier: MIT */
/* Pairs of host processes. */

#include "host/pair.h"

#include <linux/futex.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static void open_queue(struct pair *pair, int ends[2], const char *side)
{
    char name[64];
    struct mq_attr attributes = {.mq_maxmsg = 2, .mq_msgsize = (long)pair->size};

    (void)snprintf(name, sizeof name, "/terrarium-bench-%d-%s", (int)getpid(), side);
    mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
    bench_must(queue != (mqd_t)-1, "mq_open");
    bench_must(mq_unlink(name) == 0, "mq_unlink");
    ends[0] = ends[1] = (int)queue;
}

static void connect_pair(struct pair *pair)
{
    int ends[2];

    switch (pair->kind) {
    case PAIR_PIPE:
        bench_must(pipe(pair->there) == 0 && pipe(pair->back) == 0, "pipe");
        break;
    case PAIR_SOCKET:
        bench_must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
        pair->there[1] = pair->back[0] = ends[0];
        pair->there[0] = pair->back[1] = ends[1];
        break;
    case PAIR_QUEUE:
        open_queue(pair, pair->there, "there");
        open_queue(pair, pair->back, "back");
        break;
    case PAIR_FUTEX:
        pair->word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        bench_must(pair->word != MAP_FAILED, "mmap");
        break;
    }
}

struct pair *pair_open(enum pair_kind kind, size_t size, void (*child)(struct pair *pair))
{
    struct pair *pair = calloc(1, sizeof *pair);

    bench_must(pair != NULL, "calloc");
    *pair = (struct pair){.kind = kind, .size = size, .bytes = calloc(1, size)};
    bench_must(pair->bytes != NULL, "calloc");
    memset(pair->there, -1, sizeof pair->there);
    memset(pair->back, -1, sizeof pair->back);
    connect_pair(pair);
    pair->child = fork();
    bench_must(pair->child >= 0, "fork");
    if (pair->child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        child(pair);
        _exit(0);
    }
    return pair;
}

void pair_close(struct pair *pair)
{
    (void)kill(pair->child, SIGKILL);
    (void)waitpid(pair->child, NULL, 0);
    for (int end = 0; end < 2; end++) {
        if (pair->there[end] >= 0) {
            (void)close(pair->there[end]);
        }
        if (pair->back[end] >= 0) {
            (void)close(pair->back[end]); /* a shared number is closed twice: EBADF, no harm */
        }
    }
    if (pair->word != NULL) {
        (void)munmap(pair->word, 4096);
    }
    free(pair->bytes);
    free(pair);
}

int pair_write(struct pair *pair, int end)
{
    if (pair->kind == PAIR_QUEUE) {
        return mq_send(end, pair->bytes, pair->size, 0) == 0;
    }
    for (size_t done = 0; done < pair->size;) {
        ssize_t moved = write(end, pair->bytes + done, pair->size - done);
        if (moved <= 0) {
            return 0;
        }
        done += (size_t)moved;
    }
    return 1;
}

int pair_read(struct pair *pair, int end)
{
    if (pair->kind == PAIR_QUEUE) {
        return mq_receive(end, pair->bytes, pair->size, NULL) == (ssize_t)pair->size;
    }
    for (size_t done = 0; done < pair->size;) {
        ssize_t moved = read(end, pair->bytes + done, pair->size - done);
        if (moved <= 0) {
            return 0;
        }
        done += (size_t)moved;
    }
    return 1;
}

void pair_futex_wait(struct pair *pair, uint32_t old)
{
    while (__atomic_load_n(pair->word, __ATOMIC_ACQUIRE) == old) {
        (void)syscall(SYS_futex, pair->word, FUTEX_WAIT, old, NULL, NULL, 0);
    }
}

void pair_futex_set(struct pair *pair, uint32_t value)
{
    __atomic_store_n(pair->word, value, __ATOMIC_RELEASE);
    (void)syscall(SYS_futex, pair->word, FUTEX_WAKE, 1, NULL, NULL, 0);
}
