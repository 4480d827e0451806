/* SPDX-License-Identifier: MIT */
#pragma once

/* The log (interface.md 12): records of the kernel and texts of programs on their way to the oldest
 * live a\log. At most 64 are in its queue; the rest wait in two rings; a full ring drops its oldest
 * and says how many. Also the soft panic when there is no a\log after boot. */

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

#include "timer.h"

struct kernel;
struct process;

#define LOG_RING_SIZE 16384
#define LOG_QUEUE_MAX 64

struct log_ring {
    uint8_t *bytes;      /* records: header, then text, both may wrap */
    uint64_t head, tail; /* bytes ever written and taken */
    uint64_t lost;       /* records dropped since the last _LOST record */
};

struct log {
    struct log_ring kernel, programs;
    uint64_t count;         /* records ever made: their order over both rings */
    struct process *reader; /* the oldest live a\log, NULL: none */
    bool is_moving;         /* records are on their way to the reader: no second time inside */
    struct alarm boot_end;  /* 10 s after the last module */
    uint64_t refused_until, refused_count; /* rate limit of TR_LOG_REFUSED */
};

/* Takes the frames of the rings. 0 or TR_E_NOMEM. */
int64_t log_setup(struct kernel *kernel);
/* The last boot module has been started. Boot is over when there is an a\log, or 10 s later. */
void log_booted(struct kernel *kernel);

/* A record of the kernel, formatted: %s string, %u uint64_t decimal, %x uint64_t hexadecimal,
 * %d int64_t. Never fails, never sleeps. */
void log_record(struct kernel *kernel, enum tr_log_tag tag, const char *format, ...);
/* A refused privileged call of the running process (rate limited). */
void log_refused(struct kernel *kernel, const char *what, uint64_t detail);
/* An image cannot be started, for a reason that is formatted (rate limited likewise). `name` is the
 * short name: the process was never seen. For a module at boot it is a fault, which the machine's
 * console shows as well. */
void log_bad_image(struct kernel *kernel, const char *name, bool is_module, const char *format,
                   va_list arguments);

/* Names have changed (a process began, ended or dropped its class): who is the log now? Starts the
 * soft panic when boot is over and there is none. */
void log_reader_changed(struct kernel *kernel);
/* A record in a reader's inbox has been read: room for the next. */
void log_room(struct kernel *kernel, struct process *receiver);
