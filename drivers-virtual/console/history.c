/* SPDX-License-Identifier: MIT */
/* The lines typed before. */

#include <stdlib.h>
#include <string.h>

#include "history.h"

const char *history_line(const struct history *history, size_t back)
{
    if (back == 0 || back > history->count) {
        return NULL;
    }
    return history->lines[(history->first + history->count - back) % HISTORY_LINES];
}

void history_add(struct history *history, const char *line, size_t length)
{
    const char *latest = history_line(history, 1);

    if (length == 0 ||
        (latest != NULL && strlen(latest) == length && memcmp(latest, line, length) == 0)) {
        return;
    }
    char *copy = strndup(line, length);
    if (copy == NULL) {
        return;
    }
    if (history->count == HISTORY_LINES) {
        free(history->lines[history->first]);
        history->first = (history->first + 1) % HISTORY_LINES;
        history->count--;
    }
    history->lines[(history->first + history->count++) % HISTORY_LINES] = copy;
}
