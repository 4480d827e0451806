/* SPDX-License-Identifier: MIT */
#pragma once

/* The lines of a text file of the host: boot files and scripts of keys. A line ends with LF, CR LF
 * or CR; a byte order mark of UTF-8 at the beginning is no part of the first. What no text has is
 * told: a zero byte, a line without end. Anybody on the host's side may use it. */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define POSIX_LINE_MOST ((size_t)128 << 10)

struct posix_lines {
    FILE *stream; /* stays the caller's */
    char *bytes;  /* of the present line */
    size_t room;
    unsigned number; /* of the present line, from 1 */
    const char *why; /* what was wrong, after posix_lines_next has returned NULL; NULL: the end */
};

void posix_lines_begin(struct posix_lines *lines, FILE *stream);

/* The next line without its end, which may be changed until the next call. NULL: there is none. */
char *posix_lines_next(struct posix_lines *lines);

void posix_lines_end(struct posix_lines *lines);
