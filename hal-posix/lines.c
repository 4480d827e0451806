/* SPDX-License-Identifier: MIT */
/* Lines of text files. */

#include "lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MARK      "\xef\xbb\xbf"
#define MARK_SIZE 3

void posix_lines_begin(struct posix_lines *lines, FILE *stream)
{
    *lines = (struct posix_lines){.stream = stream};
}

static char *fail(struct posix_lines *lines, const char *why)
{
    lines->why = why;
    return NULL;
}

/* Room for one byte more and the zero behind it. */
static bool grow(struct posix_lines *lines, size_t size)
{
    if (size + 1 < lines->room) {
        return true;
    }
    size_t room = lines->room == 0 ? 256 : 2 * lines->room;
    char *bytes = realloc(lines->bytes, room);
    if (bytes != NULL) {
        lines->bytes = bytes;
        lines->room = room;
    }
    return bytes != NULL;
}

/* The line's end was a CR: an LF behind it belongs to it. */
static void end_take(struct posix_lines *lines)
{
    int next = getc(lines->stream);
    if (next != '\n' && next != EOF) {
        ungetc(next, lines->stream);
    }
}

static char *finish(struct posix_lines *lines, size_t size)
{
    char *line = lines->bytes;
    line[size] = '\0';
    bool has_mark = lines->number == 1 && strncmp(line, MARK, MARK_SIZE) == 0;
    return has_mark ? line + MARK_SIZE : line;
}

char *posix_lines_next(struct posix_lines *lines)
{
    size_t size = 0;
    int byte = 0;
    lines->number++;
    errno = 0;
    while ((byte = getc(lines->stream)) != EOF && byte != '\n' && byte != '\r') {
        if (byte == '\0') {
            return fail(lines, "a zero byte: this is no text");
        }
        if (size == POSIX_LINE_MOST) {
            return fail(lines, "a line of more than 128 KiB: this is no text");
        }
        if (!grow(lines, size)) {
            return fail(lines, "no memory for the line");
        }
        lines->bytes[size++] = (char)byte;
    }
    if (byte == EOF && ferror(lines->stream)) {
        return fail(lines, strerror(errno));
    }
    if (byte == EOF && size == 0) {
        return NULL;
    }
    if (byte == '\r') {
        end_take(lines);
    }
    return grow(lines, size) ? finish(lines, size) : fail(lines, "no memory for the line");
}

void posix_lines_end(struct posix_lines *lines)
{
    free(lines->bytes);
    lines->bytes = NULL;
}
