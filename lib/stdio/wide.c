/* SPDX-License-Identifier: MIT */
/* Wide characters on the streams: in UTF-8. Musl's own ask its thread block for the locale. */

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <wchar.h>

#include "stdio/stream.h"

/* What musl's members call this. */
wint_t __fgetwc_unlocked(FILE *file);

int fwide(FILE *file, int mode)
{
    struct lib_stream *stream = lib_stream_of(file);

    if (stream == NULL) {
        return 1;
    }
    if (mode != 0 && !stream->is_wide && !stream->is_narrow) {
        stream->is_wide = mode > 0;
        stream->is_narrow = mode < 0;
    }
    return stream->is_wide - stream->is_narrow;
}

wint_t lib_stream_get_wide(FILE *file, size_t *taken)
{
    mbstate_t state = {0};
    size_t size = (size_t)-2;
    wchar_t wide = 0;

    *taken = 0;
    while (size == (size_t)-2) {
        int c = getc_unlocked(file);
        if (c == EOF) {
            if (mbsinit(&state)) {
                return WEOF;
            }
            errno = EILSEQ;
            size = (size_t)-1;
        } else {
            char byte = (char)c;
            ++*taken;
            size = mbrtowc(&wide, &byte, 1, &state);
        }
    }
    if (size == (size_t)-1) {
        lib_stream_mark(file);
        return WEOF;
    }
    return (wint_t)wide;
}

wint_t __fgetwc_unlocked(FILE *file)
{
    size_t size;

    fwide(file, 1);
    return lib_stream_get_wide(file, &size);
}

wint_t fgetwc(FILE *file)
{
    flockfile(file);
    wint_t c = __fgetwc_unlocked(file);
    funlockfile(file);
    return c;
}

wint_t getwchar(void)
{
    return fgetwc(stdin);
}

wint_t ungetwc(wint_t c, FILE *file)
{
    char bytes[MB_LEN_MAX];
    size_t size = c != WEOF ? wcrtomb(bytes, (wchar_t)c, NULL) : (size_t)-1;

    if (size == (size_t)-1) {
        return WEOF;
    }
    flockfile(file);
    while (size > 0 && c != WEOF) {
        c = ungetc((unsigned char)bytes[--size], file) == EOF ? WEOF : c;
    }
    funlockfile(file);
    return c;
}

wint_t fputwc(wchar_t c, FILE *file)
{
    char bytes[MB_LEN_MAX];
    size_t size = wcrtomb(bytes, c, NULL);

    wint_t result = WEOF;

    flockfile(file);
    fwide(file, 1);
    if (size == (size_t)-1) {
        lib_stream_mark(file);
    } else if (fwrite(bytes, 1, size, file) == size) {
        result = (wint_t)c;
    }
    funlockfile(file);
    return result;
}

wint_t putwchar(wchar_t c)
{
    return fputwc(c, stdout);
}

int fputws(const wchar_t *restrict text, FILE *restrict file)
{
    int result = 0;

    flockfile(file);
    while (*text != L'\0' && result == 0) {
        result = fputwc(*text++, file) == WEOF ? EOF : 0;
    }
    funlockfile(file);
    return result;
}

int vwprintf(const wchar_t *restrict format, va_list arguments)
{
    return vfwprintf(stdout, format, arguments);
}

int wprintf(const wchar_t *restrict format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vfwprintf(stdout, format, arguments);
    va_end(arguments);
    return length;
}

int vwscanf(const wchar_t *restrict format, va_list arguments)
{
    return vfwscanf(stdin, format, arguments);
}

int wscanf(const wchar_t *restrict format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = vfwscanf(stdin, format, arguments);
    va_end(arguments);
    return count;
}
