/* SPDX-License-Identifier: MIT */
/* Input: characters, lines and blocks of stdin. */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stdio/stream.h"

int fgetc(FILE *stream)
{
    if (stream->pushed != 0) {
        int c = stream->pushed - 1;
        stream->pushed = 0;
        return c;
    }
    if (stream->next == stream->used && !lib_stream_fill(stream)) {
        return EOF;
    }
    return (unsigned char)stream->text[stream->next++];
}

int getc(FILE *stream)
{
    return fgetc(stream);
}

int getchar(void)
{
    return fgetc(stdin);
}

int ungetc(int c, FILE *stream)
{
    if (c == EOF || stream->pushed != 0) {
        return EOF;
    }
    stream->pushed = (unsigned char)c + 1;
    stream->is_at_end = false;
    return (unsigned char)c;
}

char *fgets(char *buffer, int size, FILE *stream)
{
    int used = 0;
    int c = EOF;

    while (used < size - 1 && c != '\n' && (c = fgetc(stream)) != EOF) {
        buffer[used++] = (char)c;
    }
    if (used == 0) {
        return NULL;
    }
    buffer[used] = '\0';
    return buffer;
}

size_t fread(void *data, size_t size, size_t count, FILE *stream)
{
    unsigned char *bytes = data;
    size_t wanted = size * count;
    size_t got = 0;
    int c;

    while (got < wanted && (c = fgetc(stream)) != EOF) {
        bytes[got++] = (unsigned char)c;
    }
    return wanted == 0 ? 0 : got / size;
}

/* Makes room for at least `size` bytes. */
static bool line_grow(char **line, size_t *capacity, size_t size)
{
    if (*line != NULL && size <= *capacity) {
        return true;
    }
    size_t larger = *capacity < 64 ? 128 : *capacity * 2;
    char *moved = realloc(*line, larger);
    if (moved == NULL) {
        return false;
    }
    *line = moved;
    *capacity = larger;
    return true;
}

long getline(char **line, size_t *capacity, FILE *stream)
{
    size_t used = 0;
    int c = EOF;

    if (*line == NULL) {
        *capacity = 0;
    }
    do {
        if (!line_grow(line, capacity, used + 2)) {
            return -1;
        }
        if ((c = fgetc(stream)) == EOF) {
            break;
        }
        (*line)[used++] = (char)c;
    } while (c != '\n');
    (*line)[used] = '\0';
    return used == 0 ? -1 : (long)used;
}
