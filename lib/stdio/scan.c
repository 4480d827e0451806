/* SPDX-License-Identifier: MIT */
/* Scanning text. Musl's function does it, but for `%Nc`, which takes as many characters as there
 * are and for which those of `%Nlc` are wide, as elsewhere. A format that has one is done directive
 * by directive. */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "stdio/stream.h"

#define PIECE_MOST 512
#define TEXT_MOST  (PIECE_MOST - sizeof("%n"))

/* Musl's vfscanf (musl/symbols.txt). */
int lib_musl_vfscanf(FILE *file, const char *format, va_list arguments);

/* A part of a format: text up to the next conversion, or one conversion. */
struct piece {
    const char *text;
    size_t size;
    bool is_conversion, is_suppressed, has_more; /* has_more: `m` or `$`, which others have not */
    unsigned width;                              /* 0: none */
    char length, conversion; /* length: the first letter of it, H and q: twice */
};

static const char *end_of_set(const char *at)
{
    at += *at == '^';
    at += *at == ']';
    at += strcspn(at, "]");
    return at + (*at == ']');
}

static struct piece next_piece(const char *format)
{
    struct piece piece = {.text = format};
    const char *at = format;

    if (*at != '%') {
        piece.size = strcspn(at, "%");
        piece.size = piece.size < TEXT_MOST ? piece.size : TEXT_MOST;
        return piece;
    }
    piece.is_conversion = true;
    at++;
    piece.is_suppressed = *at == '*';
    at += piece.is_suppressed;
    for (; *at >= '0' && *at <= '9'; at++) {
        piece.width = piece.width * 10 + (unsigned)(*at - '0');
    }
    piece.has_more = *at == '$' || *at == 'm';
    at += piece.has_more;
    if (*at != '\0' && strchr("hljztL", *at) != NULL) {
        bool is_double = at[1] == at[0];
        piece.length = is_double ? (char)(*at == 'h' ? 'H' : 'q') : *at;
        at += 1 + is_double;
    }
    piece.conversion = *at;
    at += *at != '\0';
    if (piece.conversion == '[') {
        at = end_of_set(at);
    }
    piece.size = (size_t)(at - format);
    return piece;
}

/* A format that musl does not read as we do, and that can be cut. */
static bool is_ours(const char *format)
{
    bool has_wide_character = false;

    for (struct piece piece; *format != '\0'; format += piece.size) {
        piece = next_piece(format);
        if (piece.has_more || (piece.size > TEXT_MOST)) {
            return false;
        }
        has_wide_character |=
            piece.width > 1 && (piece.conversion == 'c' || piece.conversion == 'C');
    }
    return has_wide_character;
}

/* What a piece has come to. */
enum outcome { MATCHED, NOT_MATCHED, NO_INPUT };

/* A piece by musl; the last argument is where its %n goes, and is `read`. */
static enum outcome scan_by_musl(FILE *file, const char *piece, const int *read, ...)
{
    va_list arguments;

    va_start(arguments, read);
    int result = lib_musl_vfscanf(file, piece, arguments);
    va_end(arguments);
    return result == EOF ? NO_INPUT : *read < 0 ? NOT_MATCHED : MATCHED;
}

/* `to`: NULL if the piece stores nothing. */
static enum outcome scan_piece(FILE *file, const struct piece *piece, void *to, int *total)
{
    char text[PIECE_MOST];
    int read = -1;

    memcpy(text, piece->text, piece->size);
    memcpy(text + piece->size, "%n", sizeof("%n"));
    enum outcome outcome = to != NULL ? scan_by_musl(file, text, &read, to, &read)
                                      : scan_by_musl(file, text, &read, &read);
    *total += outcome == MATCHED ? read : 0;
    return outcome;
}

/* As many characters as there are, at most the width. */
static enum outcome scan_characters(FILE *file, unsigned width, char *to, int *total)
{
    unsigned count = 0;

    for (int c; count < width && (c = getc_unlocked(file)) != EOF; count++) {
        if (to != NULL) {
            to[count] = (char)c;
        }
    }
    *total += (int)count;
    return count > 0 ? MATCHED : NO_INPUT;
}

static enum outcome scan_wide_characters(FILE *file, unsigned width, wchar_t *to, int *total)
{
    unsigned count = 0;
    size_t size;

    for (wint_t c; count < width && (c = lib_stream_get_wide(file, &size)) != WEOF; count++) {
        if (to != NULL) {
            to[count] = (wchar_t)c;
        }
        *total += (int)size;
    }
    return count > 0 ? MATCHED : NO_INPUT;
}

/* %n: what has been read so far, in the size that is asked for. */
static void store_total(void *to, char length, int total)
{
    switch (length) {
    case 'H':
        *(signed char *)to = (signed char)total;
        break;
    case 'h':
        *(short *)to = (short)total;
        break;
    case 'l':
        *(long *)to = total;
        break;
    case 'q':
        *(long long *)to = total;
        break;
    case 'j':
        *(intmax_t *)to = total;
        break;
    case 'z':
        *(size_t *)to = (size_t)total;
        break;
    case 't':
        *(ptrdiff_t *)to = total;
        break;
    default:
        *(int *)to = total;
        break;
    }
}

static enum outcome scan(FILE *file, const struct piece *piece, void *to, int *total)
{
    unsigned width = piece->width > 0 ? piece->width : 1;

    switch (piece->conversion) {
    case 'n':
        if (to != NULL) {
            store_total(to, piece->length, *total);
        }
        return MATCHED;
    case 'c':
    case 'C':
        return piece->conversion == 'C' || piece->length == 'l'
                   ? scan_wide_characters(file, width, to, total)
                   : scan_characters(file, width, to, total);
    default:
        return scan_piece(file, piece, to, total);
    }
}

static int scan_pieces(FILE *file, const char *format, va_list arguments)
{
    int count = 0, total = 0;

    for (struct piece piece; *format != '\0'; format += piece.size) {
        piece = next_piece(format);
        if (piece.is_conversion && piece.conversion == '\0') {
            break;
        }
        bool stores = piece.is_conversion && !piece.is_suppressed && piece.conversion != '%';
        enum outcome outcome =
            scan(file, &piece, stores ? va_arg(arguments, void *) : NULL, &total);
        if (outcome != MATCHED) {
            return outcome == NO_INPUT && count == 0 ? EOF : count;
        }
        count += stores && piece.conversion != 'n';
    }
    return count;
}

int vfscanf(FILE *restrict file, const char *restrict format, va_list arguments)
{
    flockfile(file);
    int count = is_ours(format) ? scan_pieces(file, format, arguments)
                                : lib_musl_vfscanf(file, format, arguments);
    funlockfile(file);
    return count;
}
