/* SPDX-License-Identifier: MIT */
/* Lines of a text. */

#include <string.h>
#include <terrarium/line.h>

#define MARK "\xef\xbb\xbf"

size_t tru_line_find(const char *bytes, size_t size, size_t *next)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r') {
            bool is_pair = bytes[i] == '\r' && i + 1 < size && bytes[i + 1] == '\n';
            *next = i + (is_pair ? 2 : 1);
            return i;
        }
    }
    *next = 0;
    return size;
}

size_t tru_line_mark(const char *bytes, size_t size)
{
    size_t mark = sizeof MARK - 1;

    return size >= mark && memcmp(bytes, MARK, mark) == 0 ? mark : 0;
}

void tru_lines_begin(struct tru_lines *lines, char *text, size_t size)
{
    size_t mark = tru_line_mark(text, size);

    *lines = (struct tru_lines){.at = text + mark, .left = size - mark};
}

char *tru_lines_next(struct tru_lines *lines)
{
    char *line = lines->at;
    size_t next;

    if (lines->left == 0) {
        return NULL;
    }
    size_t length = tru_line_find(line, lines->left, &next);
    next = next != 0 ? next : length;
    line[length] = '\0';
    lines->has_zero = strlen(line) != length;
    lines->number++;
    lines->at += next;
    lines->left -= next;
    return line;
}
