/* SPDX-License-Identifier: MIT */
/* The simulator's voice. A line is formed whole and written at once, so that it is never torn by
 * the guest's output on the same terminal. */

#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void sim_complain(const char *format, ...)
{
    char line[1024];
    int start = snprintf(line, sizeof(line), "terrarium: ");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + start, sizeof(line) - (size_t)start - 1, format, arguments);
    va_end(arguments);
    size_t length = strlen(line);
    line[length++] = '\n';
    /* Nobody is left to be told if standard error itself is closed. */
    ssize_t written = write(STDERR_FILENO, line, length);
    (void)written;
}

void sim_alternatives(char *text, size_t size, const char *const *words)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; words[i] != NULL && used < size; i++) {
        const char *between = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
        used += (size_t)snprintf(text + used, size - used, "%s%s", between, words[i]);
    }
}
