/* SPDX-License-Identifier: MIT */
/* Output: the printf family and the plain ones, on top of format.c and stream.c. */

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium/error.h>

#include "stdio/format.h"
#include "stdio/stream.h"

/* Where formatted text goes: a stream, or a buffer of `size` bytes. */
struct output {
    struct format_sink sink;
    FILE *stream;
    bool has_newline;
    char *buffer;
    size_t size, used;
};

static void stream_put(struct format_sink *sink, const char *text, size_t size)
{
    struct output *output = (struct output *)sink;

    output->has_newline |= memchr(text, '\n', size) != NULL;
    lib_stream_put(output->stream, text, size);
}

static void buffer_put(struct format_sink *sink, const char *text, size_t size)
{
    struct output *output = (struct output *)sink;
    size_t room = output->size - output->used;
    size_t part = size < room ? size : room;

    memcpy(output->buffer + output->used, text, part);
    output->used += part;
}

int vfprintf(FILE *stream, const char *format, va_list arguments)
{
    struct output output = {.sink = {stream_put, 0}, .stream = stream};
    int length = format_print(&output.sink, format, arguments);

    lib_stream_settle(stream, output.has_newline);
    return length;
}

int vprintf(const char *format, va_list arguments)
{
    return vfprintf(stdout, format, arguments);
}

int vsnprintf(char *buffer, size_t size, const char *format, va_list arguments)
{
    struct output output = {
        .sink = {buffer_put, 0}, .buffer = buffer, .size = size > 0 ? size - 1 : 0};
    int length = format_print(&output.sink, format, arguments);

    if (size > 0) {
        buffer[output.used] = '\0';
    }
    return length;
}

int printf(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vfprintf(stdout, format, arguments);
    va_end(arguments);
    return length;
}

int fprintf(FILE *stream, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vfprintf(stream, format, arguments);
    va_end(arguments);
    return length;
}

int snprintf(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}

int sprintf(char *buffer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(buffer, INT_MAX, format, arguments);
    va_end(arguments);
    return length;
}

int vasprintf(char **text, const char *format, va_list arguments)
{
    va_list again;

    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    *text = length >= 0 ? malloc((size_t)length + 1) : NULL;
    if (*text != NULL) {
        vsnprintf(*text, (size_t)length + 1, format, again);
    }
    va_end(again);
    return *text != NULL ? length : -1;
}

int asprintf(char **text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vasprintf(text, format, arguments);
    va_end(arguments);
    return length;
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *stream)
{
    size_t bytes = size * count;

    if (bytes == 0) {
        return 0;
    }
    lib_stream_put(stream, data, bytes);
    lib_stream_settle(stream, memchr(data, '\n', bytes) != NULL);
    return stream->has_failed ? 0 : count;
}

int fputs(const char *text, FILE *stream)
{
    fwrite(text, 1, strlen(text), stream);
    return stream->has_failed ? EOF : 0;
}

int puts(const char *text)
{
    lib_stream_put(stdout, text, strlen(text));
    return putchar('\n') == EOF ? EOF : 0;
}

int fputc(int c, FILE *stream)
{
    char byte = (char)c;

    return fwrite(&byte, 1, 1, stream) == 1 ? (unsigned char)byte : EOF;
}

int putc(int c, FILE *stream)
{
    return fputc(c, stream);
}

int putchar(int c)
{
    return fputc(c, stdout);
}

void tru_perror(const char *text, long error)
{
    fprintf(stderr, "%s: %s\n", text, tr_error_text(error));
}
