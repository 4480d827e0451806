/* SPDX-License-Identifier: MIT */
/* stdin, stdout and stderr: musl's files over the streams of stream.c. */

#include <stdlib.h>
#include <terrarium.h>

#include "stdio/stream.h"

/* Musl's fopencookie, and its setvbuf under another name (musl/symbols.txt). */
struct cookie_functions {
    long (*read)(void *cookie, char *text, size_t size);
    long (*write)(void *cookie, const char *text, size_t size);
    int (*seek)(void *cookie, long *offset, int whence);
    int (*close)(void *cookie);
};
FILE *fopencookie(void *cookie, const char *mode, struct cookie_functions functions);
int lib_musl_setvbuf(FILE *file, char *buffer, int mode, size_t size);

/* What musl's members call of ours. */
void *lib_stream_room(size_t size);
FILE *__ofl_add(FILE *file);
void __stdio_exit_needed(void);
int __lockfile(FILE *file);
void __unlockfile(FILE *file);

FILE *stdin;
FILE *stdout;
FILE *stderr;

/* A file with its buffer: in place of the heap, which a program that only prints never opens. */
void *lib_stream_room(size_t size)
{
    static _Alignas(16) char rooms[3][1536];
    static size_t taken;

    if (size > sizeof rooms[0] || taken == sizeof rooms / sizeof rooms[0]) {
        abort();
    }
    return rooms[taken++];
}

/* Musl keeps a list of the open files, to be written out at the end; ours are known. */
FILE *__ofl_add(FILE *file)
{
    return file;
}

void __stdio_exit_needed(void)
{
}

static long cookie_read(void *cookie, char *text, size_t size)
{
    return lib_stream_get(cookie, text, size);
}

static long cookie_write(void *cookie, const char *text, size_t size)
{
    return lib_stream_put(cookie, text, size) ? (long)size : -1;
}

/* Before any constructor of the program, for those may print. Output is gathered by the stream. */
__attribute__((constructor(101))) static void files_make(void)
{
    stdin = fopencookie(&lib_input, "r", (struct cookie_functions){.read = cookie_read});
    stdout = fopencookie(&lib_output, "w", (struct cookie_functions){.write = cookie_write});
    stderr = fopencookie(&lib_error, "w", (struct cookie_functions){.write = cookie_write});
    lib_musl_setvbuf(stdout, NULL, _IONBF, 0);
    lib_musl_setvbuf(stderr, NULL, _IONBF, 0);
    lib_output.mode = _IOLBF;
    lib_error.mode = _IONBF;
}

struct lib_stream *lib_stream_of(FILE *file)
{
    if (file == stdout) {
        return &lib_output;
    }
    if (file == stderr) {
        return &lib_error;
    }
    return file == stdin ? &lib_input : NULL;
}

void lib_stream_mark(FILE *file)
{
    struct lib_stream *stream = lib_stream_of(file);

    if (stream != NULL) {
        stream->is_refusing = true;
        putc_unlocked('\0', file);
        stream->is_refusing = false;
    }
}

/* What waits is written out if its mode says so. */
static void written(FILE *file, struct lib_stream *stream)
{
    if (stream == NULL || stream->used == 0 || stream == &lib_input) {
        return;
    }
    bool is_due = stream->mode == _IONBF ||
                  (stream->mode == _IOLBF && stream->has_newline && stream->target != STREAM_PIPE);
    if (is_due && !lib_stream_flush(stream)) {
        lib_stream_mark(file);
    }
}

/* Every call of musl's that uses a file is between these two. */
int __lockfile(FILE *file)
{
    lib_stream_take(lib_stream_of(file));
    return 1;
}

void __unlockfile(FILE *file)
{
    struct lib_stream *stream = lib_stream_of(file);

    written(file, stream);
    lib_stream_give(stream);
}

void flockfile(FILE *file)
{
    (void)__lockfile(file);
}

int ftrylockfile(FILE *file)
{
    return lib_stream_try(lib_stream_of(file)) ? 0 : -1;
}

void funlockfile(FILE *file)
{
    __unlockfile(file);
}

int fflush(FILE *file)
{
    if (file == NULL) {
        int result = fflush(stdout);
        return fflush(stderr) == 0 ? result : EOF;
    }
    struct lib_stream *stream = lib_stream_of(file);
    int result = 0;

    lib_stream_take(stream);
    if (stream != NULL && !lib_stream_flush(stream)) {
        lib_stream_mark(file);
        result = EOF;
    }
    lib_stream_give(stream);
    return result;
}

int setvbuf(FILE *restrict file, char *restrict buffer, int mode, size_t size)
{
    struct lib_stream *stream = lib_stream_of(file);

    (void)buffer;
    (void)size;
    if (stream == NULL || (mode != _IOFBF && mode != _IOLBF && mode != _IONBF)) {
        return EOF;
    }
    stream->mode = mode;
    return 0;
}

void setbuf(FILE *restrict file, char *restrict buffer)
{
    (void)setvbuf(file, buffer, buffer != NULL ? _IOFBF : _IONBF, BUFSIZ);
}

void tru_stdio_pipe(FILE *file, unsigned long pipe)
{
    struct lib_stream *stream = lib_stream_of(file);

    lib_stream_take(stream);
    lib_stream_flush(stream);
    stream->target = pipe != 0 ? STREAM_PIPE : STREAM_UNBOUND;
    stream->id = pipe;
    lib_stream_give(stream);
}

int tru_stdio_is_pipe(FILE *file)
{
    const struct lib_stream *stream = lib_stream_of(file);

    return stream != NULL && (stream->target == STREAM_PIPE || stream->target == STREAM_CLOSED);
}
