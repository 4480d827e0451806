/* SPDX-License-Identifier: MIT */
/* The standard streams and where their bytes go. */

#include <string.h>
#include <terrarium.h>

#include "stdio/stream.h"

/* Only programs that make threads have them (threads/create.c). */
#define MAYBE __attribute__((weak, visibility("hidden")))
extern __typeof__(mtx_lock) mtx_lock MAYBE;
extern __typeof__(mtx_trylock) mtx_trylock MAYBE;
extern __typeof__(mtx_unlock) mtx_unlock MAYBE;

struct lib_stream lib_input = {.lock = {.type = mtx_recursive}};
struct lib_stream lib_output = {.lock = {.type = mtx_recursive}};
struct lib_stream lib_error = {.lock = {.type = mtx_recursive}};

void lib_stream_take(struct lib_stream *stream)
{
    if (mtx_lock != NULL && stream != NULL) {
        (void)mtx_lock(&stream->lock);
    }
}

bool lib_stream_try(struct lib_stream *stream)
{
    return mtx_trylock == NULL || stream == NULL || mtx_trylock(&stream->lock) == thrd_success;
}

void lib_stream_give(struct lib_stream *stream)
{
    if (mtx_unlock != NULL && stream != NULL) {
        (void)mtx_unlock(&stream->lock);
    }
}

void lib_stream_bind_pipe(struct lib_stream *stream, uint64_t id)
{
    stream->target = id != 0 ? STREAM_PIPE : STREAM_CLOSED;
    stream->id = id;
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
        stream->target = stream == &lib_input ? STREAM_CLOSED : STREAM_LOG;
    }
}

static bool console_write(struct lib_stream *stream)
{
    struct tr_service_reply reply = {TR_E_PEER};
    uint64_t size = sizeof stream->request + stream->used;

    stream->request = (struct tr_service_request){
        .operation = TR_CONSOLE_WRITE, .flags = stream == &lib_error ? TR_CONSOLE_ERROR : 0};
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

    if (stream->used == 0 || stream == &lib_input) {
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
    stream->has_newline = false;
    return is_written;
}

bool lib_stream_put(struct lib_stream *stream, const char *text, size_t size)
{
    bool is_written = !stream->is_refusing;

    stream->has_newline |= memchr(text, '\n', size) != NULL;
    while (is_written && size > 0) {
        size_t room = sizeof stream->text - stream->used;
        size_t part = size < room ? size : room;
        memcpy(stream->text + stream->used, text, part);
        stream->used += part;
        text += part;
        size -= part;
        if (stream->used == sizeof stream->text) {
            is_written = lib_stream_flush(stream);
        }
    }
    return is_written;
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

/* Gets more bytes into an empty buffer, as lib_stream_get. */
static int64_t stream_fill(struct lib_stream *stream)
{
    int64_t size = 0;

    /* What was asked must be visible before the answer is waited for. Who is printing does it. */
    if (lib_stream_try(&lib_output)) {
        lib_stream_flush(&lib_output);
        lib_stream_give(&lib_output);
    }
    stream_bind(stream);
    if (stream->target == STREAM_CONSOLE) {
        size = console_read(stream);
    } else if (stream->target == STREAM_PIPE) {
        size = tr_pipe_read(stream->id, stream->text, sizeof stream->text, TR_PARTIAL);
        /* The writers are gone, and all they wrote is read: the end, not a failure. */
        size = size == TR_E_PEER ? 0 : size;
    }
    stream->next = 0;
    stream->used = size > 0 ? (size_t)size : 0;
    return size;
}

int64_t lib_stream_get(struct lib_stream *stream, char *text, size_t size)
{
    if (stream->next == stream->used) {
        int64_t filled = stream_fill(stream);
        if (filled <= 0) {
            return filled;
        }
    }
    size_t left = stream->used - stream->next;
    size_t part = size < left ? size : left;

    memcpy(text, stream->text + stream->next, part);
    stream->next += part;
    return (int64_t)part;
}
