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

/* Who has lost the one below has lost the session too. */
static void holders_check(struct readers *readers)
{
    for (size_t i = 0; i < readers->depth; i++) {
        if (!is_alive(readers->holders[i].pid)) {
            readers->depth = i;
        }
    }
}

uint64_t readers_holder(struct readers *readers)
{
    holders_check(readers);
    return readers->depth > 0 ? readers->holders[readers->depth - 1].pid : 0;
}

static struct holder *holder_find(struct readers *readers, uint64_t pid)
{
    holders_check(readers);
    for (size_t i = 0; i < readers->depth; i++) {
        if (readers->holders[i].pid == pid) {
            return &readers->holders[i];
        }
    }
    return NULL;
}

int64_t readers_session(struct readers *readers, uint64_t pid)
{
    const struct holder *holder = holder_find(readers, pid);

    if (holder != NULL) {
        return holder - readers->holders;
    }
    if (readers->depth > 0) {
        const struct holder *top = &readers->holders[readers->depth - 1];
        if (!top->is_lending || top->foreground != pid) {
            return TR_E_BUSY;
        }
    }
    if (readers->depth == HOLDERS_MOST) {
        return TR_E_LIMIT;
    }
    readers->holders[readers->depth] = (struct holder){.pid = pid};
    return (int64_t)readers->depth++;
}

bool readers_foreground(struct readers *readers, uint64_t pid, uint64_t foreground, bool is_lending)
{
    struct holder *holder = holder_find(readers, pid);

    if (holder == NULL) {
        return false;
    }
    if (holder->foreground != foreground || holder->is_lending != is_lending) {
        readers->depth = (size_t)(holder - readers->holders) + 1;
    }
    holder->foreground = foreground;
    holder->is_lending = is_lending;
    return true;
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

    if (holder == 0 || pid == holder) {
        return true;
    }
    uint64_t foreground = readers->holders[readers->depth - 1].foreground;
    return foreground != 0 && descends(pid, foreground);
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
