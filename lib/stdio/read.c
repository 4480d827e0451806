/* SPDX-License-Identifier: MIT */
/* Input of stdin, on top of musl's functions that are told the file. */

#include "stdio/stream.h"

int fgetc(FILE *file)
{
    struct lib_stream *stream = lib_stream_of(file);

    lib_stream_take(stream);
    int c = getc_unlocked(file);
    lib_stream_give(stream);
    return c;
}

int getc(FILE *file)
{
    return fgetc(file);
}

int getchar(void)
{
    return fgetc(stdin);
}

int vscanf(const char *restrict format, va_list arguments)
{
    return vfscanf(stdin, format, arguments);
}

int scanf(const char *restrict format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = vfscanf(stdin, format, arguments);
    va_end(arguments);
    return count;
}
