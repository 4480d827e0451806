/* SPDX-License-Identifier: MIT */
#pragma once

/* The standard streams and where their bytes go. Musl's FILE is what a program holds; each of the
 * three is made by fopencookie over one of these. Output gathers here, not at musl, so that a call
 * that prints a line is one message. A stream is bound at its first use: to a pipe if start-up said
 * so, else to the console, else (output only) to the log. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <terrarium/service/console.h>
#include <threads.h>
#include <wchar.h>

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
    int mode;         /* when output is written: _IOLBF, _IOFBF, _IONBF */
    bool has_newline; /* waits to be written */
    bool is_refusing; /* nothing is taken: what has failed is told to musl so */
    bool is_wide, is_narrow;
    mtx_t lock; /* recursive; a program that makes no threads has no functions for it */
    uint64_t id;
    size_t next, used;
    struct tr_service_request request;
    char text[BUFSIZ];
};

extern struct lib_stream lib_input;
extern struct lib_stream lib_output;
extern struct lib_stream lib_error;

/* The stream behind a file; NULL: one of musl's own, over memory. */
struct lib_stream *lib_stream_of(FILE *file);

/* A stream is its holder's from the first to the second, which may hold it several times; nothing
 * for NULL. Every function of stdio.h holds its stream for as long as it runs. */
void lib_stream_take(struct lib_stream *stream);
void lib_stream_give(struct lib_stream *stream);
/* Takes it if it is free. */
bool lib_stream_try(struct lib_stream *stream);

/* Binds a stream to a pipe the process is a member of; id 0: closes it. */
void lib_stream_bind_pipe(struct lib_stream *stream, uint64_t id);

/* Puts bytes into an output stream's buffer, writing it out when it is full. False if it could not.
 */
bool lib_stream_put(struct lib_stream *stream, const char *text, size_t size);

/* Writes out what waits. False if it could not. */
bool lib_stream_flush(struct lib_stream *stream);

/* Gets bytes of an input stream, at most `size`. 0: the end; < 0: an error. */
int64_t lib_stream_get(struct lib_stream *stream, char *text, size_t size);

/* Sets the error mark of a file, by way of a byte that it does not take. */
void lib_stream_mark(FILE *file);

/* The next character of UTF-8 and its size in bytes. WEOF: the end, or no character (errno, and the
 * file's error mark). */
wint_t lib_stream_get_wide(FILE *file, size_t *size);
