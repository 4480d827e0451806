/* SPDX-License-Identifier: MIT */
#pragma once

/* What can be measured: a source of batches, ours or the host's. Each is one file in units/ or
 * host/; units.def pairs them into the rows of the table. A failure ends the program with a
 * sentence (bench_fail). */

#include <stdint.h>

struct source {
    /* Makes ready; `argument` is the row's: a size or a number. */
    void *(*open)(uint64_t argument);

    /* One batch: what one operation took, or needs. */
    double (*batch)(void *state);

    void (*close)(void *state);
    uint64_t operations; /* of a batch */
};

_Noreturn void bench_fail(const char *what, int64_t result);
void bench_must(int good, const char *what); /* errno tells why not */

/* The host's. */
extern const struct source host_getppid;     /* a system call */
extern const struct source host_swapcontext; /* a switch between two contexts of the C library */
extern const struct source host_spawn;       /* posix_spawn of a static program, to its end */
extern const struct source
    host_pipe_round; /* there and back between two processes, argument bytes */
extern const struct source host_socket_round, host_queue_round, host_futex_round;
extern const struct source host_pipe_stream; /* argument bytes in one write, to another process */
extern const struct source host_signal;      /* to itself, handled */
extern const struct source host_copy;        /* argument bytes, twice */
extern const struct source host_fill;        /* argument bytes */
extern const struct source host_read;        /* argument bytes of a file */

/* Ours. */
extern const struct source unit_call, unit_yield;
extern const struct source unit_round; /* call and reply of argument bytes */
extern const struct source unit_crowd; /* a 64-byte call and reply to one of argument processes */
extern const struct source unit_spawn_fresh, unit_spawn_pooled;
extern const struct source unit_boot, unit_prompt, unit_idle;
extern const struct source unit_pipe_stream;
extern const struct source unit_shared;        /* argument bytes handed over and read */
extern const struct source unit_message_event; /* with argument timers armed */
extern const struct source unit_timer_event, unit_timer_cycle;
extern const struct source unit_watch_event; /* with argument processes watched */
extern const struct source unit_queue;       /* argument messages sent, then taken */
extern const struct source unit_crowd_start; /* argument processes with ten threads each */
extern const struct source unit_crowd_memory;
extern const struct source unit_interrupt; /* of the timer, to the driver's acknowledgement */
extern const struct source unit_port, unit_trapped_port; /* a byte in, by call, by instruction */
extern const struct source unit_frame;     /* a frame buffer of argument bytes filled */
extern const struct source unit_disk_read; /* argument bytes of a disk, by its driver */

/* Other systems of the host, by enum peer_kind (peers/peer.h): a 64-byte message there and back,
 * one yield, a program started to its end. */
extern const struct source peer_round, peer_yield, peer_spawn;
