/* SPDX-License-Identifier: MIT */
/* The simulator's voice. A line is formed whole and written at once, so that it is never torn by
 * the guest's output on the same terminal. */

#include "say.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/terminal.h"
#include "sim/write.h"

/* The bytes of the character at the beginning of a text that can be shown, 0: none. Controls and
 * what takes no room on the screen, as byte order marks, are not to be seen. */
static size_t shown_size(const char *text)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {{0, 0x1f},        {0x7f, 0xa0},          {0xad, 0xad},     {0x200b, 0x200f},
                  {0x2028, 0x202e}, {0x2060, 0x206f},      {0xd800, 0xdfff}, {0xfeff, 0xfeff},
                  {0xfff0, 0xfffb}, {0x110000, UINT32_MAX}};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
    uint32_t letter = size == 1 ? bytes[0] : bytes[0] & (0x7fU >> size);
    if (bytes[0] >= 0x80 && (bytes[0] < 0xc2 || bytes[0] > 0xf4)) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
        letter = letter << 6 | (bytes[i] & 0x3f);
    }
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        if (letter >= hidden[i].first && letter <= hidden[i].last) {
            return 0;
        }
    }
    return size;
}

/* Words that somebody has written may hold anything: what cannot be shown becomes \xNN. */
static size_t escape(const char *text, char *to, size_t room)
{
    size_t used = 0;
    while (*text != '\0' && used + 4 < room) {
        size_t size = shown_size(text);
        if (size > 0) {
            memcpy(to + used, text, size);
            used += size;
            text += size;
        } else {
            used += (size_t)snprintf(to + used, room - used, "\\x%02X", (unsigned char)*text++);
        }
    }
    return used;
}

void sim_complain(const char *format, ...)
{
    static const char name[] = "terrarium: ";
    const char *line_end = sim_terminal_line_end(STDERR_FILENO);
    char text[1024], line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    bool is_behind = sim_write_is_mid_line() && isatty(STDERR_FILENO) == 1;
    size_t length = (size_t)snprintf(line, sizeof(line), "%s%s", is_behind ? line_end : "", name);
    length += escape(text, line + length, sizeof(line) - length - 2);
    length += (size_t)snprintf(line + length, sizeof(line) - length, "%s", line_end);
    /* Nobody is left to be told if standard error itself is closed. */
    (void)sim_write(STDERR_FILENO, line, length);
}

void sim_alternatives(char *text, size_t size, const char *const *words)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; words[i] != NULL && used < size; i++) {
        const char *between = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
        used += (size_t)snprintf(text + used, size - used, "%s%s", between, words[i]);
    }
}
