/* SPDX-License-Identifier: MIT */
#pragma once

/* The standard streams. A stream is bound at its first use: to a pipe if start-up said so, else to
 * the console, else (output only) to the log. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <terrarium/service/console.h>

enum stream_target {
    STREAM_UNBOUND,
    STREAM_CONSOLE, /* id: the console's pid */
    STREAM_PIPE,    /* id: the pipe's */
    STREAM_LOG,
    STREAM_CLOSED /* writing fails, reading is at its end */
};

/* A stream either writes or reads. Output: text[0, used) waits to be written. Input: text[next,
 * used) waits to be read. The header makes a console message of an output buffer without a copy. */
struct lib_stream {
    enum stream_target target;
    bool is_at_end, has_failed;
    uint64_t id;
    size_t next, used;
    int pushed; /* by ungetc: the character + 1, else 0 */
    struct tr_service_request request;
    char text[BUFSIZ];
};

/* Binds a stream to a pipe the process is a member of; id 0: closes it. */
void lib_stream_bind_pipe(struct lib_stream *stream, uint64_t id);

/* Puts bytes into an output stream's buffer, writing it out when it is full. */
void lib_stream_put(struct lib_stream *stream, const char *text, size_t size);

/* To be called at the end of every call that put something: writes out what should not wait. */
void lib_stream_settle(struct lib_stream *stream, bool has_newline);

/* Writes out what waits. False if it could not. */
bool lib_stream_flush(struct lib_stream *stream);

/* Gets more bytes into an empty input stream's buffer. False at the end. */
bool lib_stream_fill(struct lib_stream *stream);
