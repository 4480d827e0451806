/* SPDX-License-Identifier: MIT */
#pragma once

/* Lines of a text, for programs that read lists and commands. A line ends with LF, CR LF or CR, the
 * last one with the text; a byte order mark of UTF-8 at the beginning is no part of the text. */

#include <stdbool.h>
#include <stddef.h>

/* The bytes of the first line, without its end; *next: where the next line begins, 0: the bytes
 * hold no line's end. */
size_t tru_line_find(const char *bytes, size_t size, size_t *next);

/* The bytes of a byte order mark at the beginning: 3, or 0. */
size_t tru_line_mark(const char *bytes, size_t size);

/* A text in memory of the caller's, which is changed: each line gets a zero byte in place of its
 * end, so behind the text must be room for one byte. */
struct tru_lines {
    char *at;
    size_t left;
    int number;    /* of the line that was taken last, from 1 */
    bool has_zero; /* that line held a zero byte of its own */
};
void tru_lines_begin(struct tru_lines *lines, char *text, size_t size);

/* The next line; NULL: there is none. */
char *tru_lines_next(struct tru_lines *lines);
