/* SPDX-License-Identifier: MIT */
/* Input of stdin, on top of musl's functions that are told the file. */

#include "stdio/stream.h"

int fgetc(FILE *file)
{
    return getc_unlocked(file);
}

int getc(FILE *file)
{
    return getc_unlocked(file);
}

int getchar(void)
{
    return getc_unlocked(stdin);
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
