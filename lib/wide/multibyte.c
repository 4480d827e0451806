/* SPDX-License-Identifier: MIT */
/* Characters of UTF-8 and what they stand for. There is one locale, and this is its encoding;
 * musl's own functions ask its thread block which it is. */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* What is known of a character whose end has not come, in the first word of an mbstate_t: the sign
 * bit, how many bytes it has behind the first (bits 26, 27), how many are still to come (24, 25),
 * and the value so far. 0: at the beginning of one. */
#define IS_BEGUN   0x80000000U
#define VALUE_MASK 0x001fffffU

size_t __ctype_get_mb_cur_max(void);

size_t __ctype_get_mb_cur_max(void)
{
    return 4;
}

static uint32_t state_make(uint32_t behind, uint32_t left, uint32_t value)
{
    return IS_BEGUN | behind << 26 | left << 24 | value;
}

/* The state behind a first byte that is no ASCII; 0: no character begins with it. */
static uint32_t state_begin(unsigned char byte)
{
    if (byte >= 0xc2 && byte < 0xe0) {
        return state_make(1, 1, byte & 0x1fU);
    }
    if (byte >= 0xe0 && byte < 0xf0) {
        return state_make(2, 2, byte & 0xfU);
    }
    return byte >= 0xf0 && byte < 0xf5 ? state_make(3, 3, byte & 7U) : 0;
}

/* The state with one byte more; 0: it does not belong there. Too long a form, half of a pair and
 * what is above the last character show in the second byte. */
static uint32_t state_add(uint32_t state, unsigned char byte)
{
    uint32_t behind = state >> 26 & 3, left = (state >> 24 & 3) - 1;
    uint32_t value = (state & VALUE_MASK) << 6 | (byte & 0x3fU);

    if ((byte & 0xc0) != 0x80) {
        return 0;
    }
    if (behind == 2 && left == 1 && (value < 0x20 || (value >= 0x360 && value < 0x380))) {
        return 0;
    }
    if (behind == 3 && left == 2 && (value < 0x10 || value >= 0x110)) {
        return 0;
    }
    return state_make(behind, left, value);
}

static size_t refuse(mbstate_t *state)
{
    memset(state, 0, sizeof *state);
    errno = EILSEQ;
    return (size_t)-1;
}

size_t mbrtowc(wchar_t *restrict wide, const char *restrict text, size_t size,
               mbstate_t *restrict given)
{
    static mbstate_t own;
    mbstate_t *state = given != NULL ? given : &own;
    uint32_t now;
    size_t used = 0;

    memcpy(&now, state, sizeof now);
    if (text == NULL) {
        return now != 0 ? refuse(state) : 0;
    }
    if (size > 0 && now == 0) {
        unsigned char first = (unsigned char)text[used++];
        now = first < 0x80 ? first : state_begin(first);
        if (first >= 0x80 && now == 0) {
            return refuse(state);
        }
    }
    while ((now >> 24 & 3) != 0 && used < size) {
        now = state_add(now, (unsigned char)text[used++]);
        if (now == 0) {
            return refuse(state);
        }
    }
    if (size == 0 || (now >> 24 & 3) != 0) {
        memcpy(state, &now, sizeof now);
        return (size_t)-2;
    }
    memset(state, 0, sizeof *state);
    if (wide != NULL) {
        *wide = (wchar_t)(now & VALUE_MASK);
    }
    return (now & VALUE_MASK) != 0 ? used : 0;
}

size_t wcrtomb(char *restrict text, wchar_t wide, mbstate_t *restrict state)
{
    uint32_t value = (uint32_t)wide;
    size_t behind = value < 0x80 ? 0 : value < 0x800 ? 1 : value < 0x10000 ? 2 : 3;

    (void)state;
    if (text == NULL) {
        return 1;
    }
    if (value >= 0x110000 || (value >= 0xd800 && value < 0xe000)) {
        errno = EILSEQ;
        return (size_t)-1;
    }
    static const unsigned char marks[] = {0, 0xc0, 0xe0, 0xf0};
    text[0] = (char)(marks[behind] | value >> (6 * behind));
    for (size_t i = 1; i <= behind; i++) {
        text[i] = (char)(0x80 | (value >> (6 * (behind - i)) & 0x3f));
    }
    return behind + 1;
}

int mbtowc(wchar_t *restrict wide, const char *restrict text, size_t size)
{
    mbstate_t state = {0};
    size_t length = text != NULL ? mbrtowc(wide, text, size, &state) : 0;

    if (length == (size_t)-2) {
        errno = EILSEQ;
        return -1;
    }
    return (int)length;
}

wint_t btowc(int c)
{
    return c >= 0 && c < 0x80 ? (wint_t)c : WEOF;
}

int wctob(wint_t c)
{
    return c < 0x80 ? (int)c : EOF;
}

size_t mbsrtowcs(wchar_t *restrict to, const char **restrict from, size_t most,
                 mbstate_t *restrict given)
{
    static mbstate_t own;
    mbstate_t *kept = given != NULL ? given : &own;
    mbstate_t counting = *kept;
    mbstate_t *state = to != NULL ? kept : &counting;
    const char *next = *from;
    size_t count = 0;

    while (to == NULL || count < most) {
        wchar_t wide;
        size_t size = mbrtowc(&wide, next, 1, state);
        if (size == (size_t)-1) {
            return size;
        }
        next++;
        if (size == (size_t)-2) {
            continue;
        }
        if (to != NULL) {
            to[count] = wide;
        }
        if (wide == L'\0') {
            *from = to != NULL ? NULL : *from;
            return count;
        }
        count++;
        *from = to != NULL ? next : *from;
    }
    return count;
}
