/* SPDX-License-Identifier: MIT */
/* Output to stdout and stderr, on top of musl's functions that are told the file. */

#include <errno.h>
#include <string.h>
#include <terrarium/error.h>

#include "stdio/stream.h"

int vprintf(const char *restrict format, va_list arguments)
{
    return vfprintf(stdout, format, arguments);
}

int printf(const char *restrict format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vfprintf(stdout, format, arguments);
    va_end(arguments);
    return length;
}

int fputc(int c, FILE *file)
{
    unsigned char byte = (unsigned char)c;

    return fwrite(&byte, 1, 1, file) == 1 ? byte : EOF;
}

int putc(int c, FILE *file)
{
    return fputc(c, file);
}

int putchar(int c)
{
    return fputc(c, stdout);
}

int puts(const char *text)
{
    flockfile(stdout);
    int result = fputs(text, stdout) == EOF || putchar('\n') == EOF ? EOF : 0;
    funlockfile(stdout);
    return result;
}

void perror(const char *text)
{
    bool has_text = text != NULL && *text != '\0';

    fprintf(stderr, "%s%s%s\n", has_text ? text : "", has_text ? ": " : "", strerror(errno));
}

void tru_perror(const char *text, long error)
{
    fprintf(stderr, "%s: %s\n", text, tr_error_text(error));
}
