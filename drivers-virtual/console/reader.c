/* SPDX-License-Identifier: MIT */
/* Those who read, and who may. */

#include <string.h>
#include <terrarium.h>

#include "reader.h"

#define ANCESTORS_MOST 32

bool readers_add(struct readers *readers, const struct reader *reader)
{
    if (readers->count == READERS_MOST) {
        return false;
    }
    readers->line[readers->count++] = *reader;
    return true;
}

bool readers_put_back(struct readers *readers, const struct reader *reader)
{
    if (readers->count == READERS_MOST) {
        return false;
    }
    memmove(readers->line + 1, readers->line, readers->count * sizeof *readers->line);
    readers->line[0] = *reader;
    readers->count++;
    return true;
}

static bool is_alive(uint64_t pid)
{
    struct tr_process_info info;

    return tr_process_info(pid, &info) >= 0;
}

bool reader_is_alive(const struct reader *reader)
{
    return is_alive(reader->pid);
}

uint64_t readers_holder(struct readers *readers)
{
    if (readers->holder != 0 && !is_alive(readers->holder)) {
        readers->holder = 0;
        readers->foreground = 0;
    }
    return readers->holder;
}

/* True if `pid` is `ancestor` or was started by it, or by what it started. */
static bool descends(uint64_t pid, uint64_t ancestor)
{
    struct tr_process_info info;

    for (int i = 0; i < ANCESTORS_MOST && pid != 0; i++) {
        if (pid == ancestor) {
            return true;
        }
        if (tr_process_info(pid, &info) < 0) {
            return false;
        }
        pid = info.parent;
    }
    return false;
}

bool readers_let(struct readers *readers, uint64_t pid)
{
    uint64_t holder = readers_holder(readers);

    return holder == 0 || pid == holder ||
           (readers->foreground != 0 && descends(pid, readers->foreground));
}

bool readers_take(struct readers *readers, struct reader *reader)
{
    size_t i = 0;

    while (i < readers->count) {
        struct reader *next = &readers->line[i];
        bool has_ended = !reader_is_alive(next);
        bool is_taken = !has_ended && readers_let(readers, next->pid);
        if (is_taken) {
            *reader = *next;
        }
        if (has_ended || is_taken) {
            readers->count--;
            memmove(next, next + 1, (readers->count - i) * sizeof *next);
        } else {
            i++;
        }
        if (is_taken) {
            return true;
        }
    }
    return false;
}
