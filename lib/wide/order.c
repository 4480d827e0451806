/* SPDX-License-Identifier: MIT */
/* The order of wide text: that of its characters. */

#include <string.h>
#include <wchar.h>

int wcscoll(const wchar_t *a, const wchar_t *b)
{
    return wcscmp(a, b);
}

size_t wcsxfrm(wchar_t *restrict to, const wchar_t *restrict from, size_t size)
{
    size_t length = wcslen(from);

    if (size > 0) {
        size_t part = length < size ? length : size - 1;
        wmemcpy(to, from, part);
        to[part] = L'\0';
    }
    return length;
}
