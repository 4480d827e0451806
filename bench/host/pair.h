/* SPDX-License-Identifier: MIT */
#pragma once

/* Two processes of the host on one core and what connects them. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum pair_kind { PAIR_PIPE, PAIR_SOCKET, PAIR_QUEUE, PAIR_FUTEX };

struct pair {
    enum pair_kind kind;
    size_t size;
    pid_t child;
    int there[2], back[2]; /* ends: read, write */
    uint32_t *word;        /* the futex: odd while it is the child's turn */
    char *bytes;
};

/* Makes the connection and starts the other process with `child`, which never returns. */
struct pair *pair_open(enum pair_kind kind, size_t size, void (*child)(struct pair *pair));
void pair_close(struct pair *pair);

/* All `size` bytes; 0 when the other side is gone. */
int pair_write(struct pair *pair, int end);
int pair_read(struct pair *pair, int end);

/* Waits until the word is not `old`. */
void pair_futex_wait(struct pair *pair, uint32_t old);
void pair_futex_set(struct pair *pair, uint32_t value);
