/* SPDX-License-Identifier: MIT */
/* The standard streams and where their bytes go. */

#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

#include "stdio/stream.h"

static struct lib_stream input_stream;
static struct lib_stream output_stream;
static struct lib_stream error_stream;

FILE *const stdin = &input_stream;
FILE *const stdout = &output_stream;
FILE *const stderr = &error_stream;

void lib_stream_bind_pipe(struct lib_stream *stream, uint64_t id)
{
    stream->target = id != 0 ? STREAM_PIPE : STREAM_CLOSED;
    stream->id = id;
}

void tru_stdio_pipe(FILE *stream, unsigned long pipe)
{
    lib_stream_flush(stream);
    stream->target = pipe != 0 ? STREAM_PIPE : STREAM_UNBOUND;
    stream->id = pipe;
}

static void stream_bind(struct lib_stream *stream)
{
    if (stream->target != STREAM_UNBOUND) {
        return;
    }
    int64_t console = tr_process_find(TR_CONSOLE_NAME, 0);
    if (console > 0) {
        stream->target = STREAM_CONSOLE;
        stream->id = (uint64_t)console;
    } else {
        stream->target = stream == stdin ? STREAM_CLOSED : STREAM_LOG;
    }
}

static bool console_write(struct lib_stream *stream)
{
    struct tr_service_reply reply = {TR_E_PEER};
    uint64_t size = sizeof stream->request + stream->used;

    stream->request = (struct tr_service_request){.operation = TR_CONSOLE_WRITE,
                                                  .flags = stream == stderr ? TR_CONSOLE_ERROR : 0};
    int64_t result =
        tr_message_call(stream->id, &stream->request, size, &reply, sizeof reply, TR_FOREVER);
    if (result == TR_E_NOENT || result == TR_E_PEER) {
        /* The console is gone: a new one is looked for at the next write. */
        stream->target = STREAM_UNBOUND;
    }
    return result >= 0 && reply.result >= 0;
}

static bool log_write(struct lib_stream *stream)
{
    size_t size = stream->used;

    while (size > 0 && stream->text[size - 1] == '\n') {
        size--;
    }
    return size == 0 || tr_log(stream->text, size) >= 0;
}

_Static_assert(BUFSIZ <= TR_LOG_MAX, "a full buffer is one record");

bool lib_stream_flush(struct lib_stream *stream)
{
    bool is_written = true;

    if (stream->used == 0 || stream == stdin) {
        return true;
    }
    stream_bind(stream);
    switch (stream->target) {
    case STREAM_CONSOLE:
        is_written = console_write(stream);
        break;
    case STREAM_PIPE:
        is_written = tr_pipe_write(stream->id, stream->text, stream->used, 0) >= 0;
        break;
    case STREAM_LOG:
        is_written = log_write(stream);
        break;
    default:
        is_written = false;
    }
    stream->used = 0;
    stream->has_failed |= !is_written;
    return is_written;
}

void lib_stream_put(struct lib_stream *stream, const char *text, size_t size)
{
    while (size > 0) {
        size_t room = sizeof stream->text - stream->used;
        size_t part = size < room ? size : room;
        memcpy(stream->text + stream->used, text, part);
        stream->used += part;
        text += part;
        size -= part;
        if (stream->used == sizeof stream->text) {
            lib_stream_flush(stream);
        }
    }
}

void lib_stream_settle(struct lib_stream *stream, bool has_newline)
{
    if (stream == stderr || (has_newline && stream->target != STREAM_PIPE)) {
        lib_stream_flush(stream);
    }
}

static int64_t console_read(struct lib_stream *stream)
{
    struct tr_service_request request = {.operation = TR_CONSOLE_READ_LINE,
                                         .argument = sizeof stream->text - 8};
    struct {
        struct tr_service_reply head;
        char text[BUFSIZ];
    } reply;
    int64_t size =
        tr_message_call(stream->id, &request, sizeof request, &reply, sizeof reply, TR_FOREVER);

    if (size < (int64_t)sizeof reply.head || reply.head.result < 0) {
        return TR_E_PEER;
    }
    size -= (int64_t)sizeof reply.head;
    memcpy(stream->text, reply.text, (size_t)size);
    return size;
}

bool lib_stream_fill(struct lib_stream *stream)
{
    int64_t size = 0;

    /* What was asked must be visible before the answer is waited for. */
    fflush(stdout);
    stream_bind(stream);
    if (stream->target == STREAM_CONSOLE) {
        size = console_read(stream);
    } else if (stream->target == STREAM_PIPE) {
        size = tr_pipe_read(stream->id, stream->text, sizeof stream->text, TR_PARTIAL);
        /* The writers are gone, and all they wrote is read: the end, not a failure. */
        size = size == TR_E_PEER ? 0 : size;
    }
    stream->has_failed |= size < 0;
    stream->is_at_end = size <= 0;
    stream->next = 0;
    stream->used = size > 0 ? (size_t)size : 0;
    return size > 0;
}

int fflush(FILE *stream)
{
    if (stream != NULL) {
        return lib_stream_flush(stream) ? 0 : EOF;
    }
    bool is_written = lib_stream_flush(stdout);
    return lib_stream_flush(stderr) && is_written ? 0 : EOF;
}

int feof(FILE *stream)
{
    return stream->is_at_end;
}

int ferror(FILE *stream)
{
    return stream->has_failed;
}

void clearerr(FILE *stream)
{
    stream->is_at_end = false;
    stream->has_failed = false;
}
