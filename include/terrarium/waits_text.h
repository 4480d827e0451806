/* SPDX-License-Identifier: MIT */
#pragma once

/* Who waits for whom, in words and as a graph: the one place for the shell, the simulator and the
 * kit (services.md 6). It knows the rows of waits.h, and names by a function; what it has to say
 * goes to another, piece by piece. */

#include <terrarium/types.h>
#include <terrarium/waits.h>

#define TR_WAITS_WORDS 48 /* bytes of the longest words, with their zero byte */

/* Where rows come from and words go to. */
struct tr_waits_telling {
    const struct tr_wait_row *rows;
    uint64_t count;
    const char *(*name)(void *with, uint64_t row); /* of a row's process */
    void (*put)(void *with, const char *text);
    void *with;
};

static inline char *tr_waits_add(char *to, const char *text)
{
    while (*text != '\0') {
        *to++ = *text++;
    }
    *to = '\0';
    return to;
}

/* A decimal number of at least so many digits. */
static inline char *tr_waits_add_number(char *to, uint64_t number, int digits)
{
    char text[24];
    int at = 23;
    text[at] = '\0';
    do {
        text[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0 || 23 - at < digits);
    return tr_waits_add(to, text + at);
}

/* What a thread waits for, without on whom: "the reply", "bytes in pipe 3". Returns `text`. */
static inline const char *tr_waits_words(const struct tr_wait_row *row, char text[TR_WAITS_WORDS])
{
    static const char *const words[] = {"nothing",
                                        "the time ",
                                        "an event",
                                        "the reply",
                                        "bytes in pipe ",
                                        "room in pipe ",
                                        "the penalty for wrong keys",
                                        "a page"};
    char *at = tr_waits_add(text, row->wait < sizeof(words) / sizeof(words[0]) ? words[row->wait]
                                                                               : "the unknown");
    if (row->wait == TR_WAIT_SLEEP && row->until == UINT64_MAX) {
        tr_waits_add(text, "a wake");
    } else if (row->wait == TR_WAIT_SLEEP) {
        at = tr_waits_add_number(at, row->until / 1000000000, 1);
        at = tr_waits_add_number(tr_waits_add(at, "."), row->until / 1000 % 1000000, 6);
        tr_waits_add(at, " s");
    } else if (row->wait == TR_WAIT_EVENT && row->object != 0) {
        at = tr_waits_add_number(tr_waits_add(at, " (irq "), row->object - 1, 1);
        tr_waits_add(at, ")");
    } else if (row->wait == TR_WAIT_PIPE_READ || row->wait == TR_WAIT_PIPE_WRITE) {
        tr_waits_add_number(at, row->object, 1);
    }
    return text;
}

static inline void tr_waits_put_number(const struct tr_waits_telling *telling, const char *before,
                                       uint64_t number, const char *behind)
{
    char text[24];
    tr_waits_add_number(text, number, 1);
    telling->put(telling->with, before);
    telling->put(telling->with, text);
    telling->put(telling->with, behind);
}

/* A circle, from its first row round to that: "a\left (13) waits for a\right (14) waits for …". */
static inline void tr_waits_tell_circle(const struct tr_waits_telling *telling, uint32_t circle)
{
    uint64_t first = 0;
    while (telling->rows[first].circle != circle) {
        first++;
    }
    uint64_t at = first;
    do {
        telling->put(telling->with, telling->name(telling->with, at));
        tr_waits_put_number(telling, " (", telling->rows[at].pid, ") waits for ");
        at = tr_waits_process(telling->rows, telling->count, telling->rows[at].peer);
    } while (at != first);
    telling->put(telling->with, telling->name(telling->with, first));
    tr_waits_put_number(telling, " (", telling->rows[first].pid, ")");
}
