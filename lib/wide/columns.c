/* SPDX-License-Identifier: MIT */
/* How wide characters are. */

#include <terrarium/columns.h>
#include <wchar.h>

size_t tru_character(const char *text, size_t size, size_t *columns)
{
    mbstate_t state = {0};
    wchar_t character;

    *columns = 1;
    if ((*text & 0x80) == 0) {
        return 1;
    }
    size_t used = mbrtowc(&character, text, size, &state);
    if (used == (size_t)-1 || used == (size_t)-2) {
        return 1;
    }
    int width = wcwidth(character);
    *columns = width > 0 ? (size_t)width : 0;
    return used;
}

size_t tru_columns(const char *text, size_t size)
{
    size_t count = 0, columns;

    for (size_t i = 0; i < size; count += columns) {
        i += tru_character(text + i, size - i, &columns);
    }
    return count;
}
