/* SPDX-License-Identifier: MIT */
#pragma once

/* Who waits for whom (interface.md 4.8): who of many threads can never go on by themselves, and in
 * which circles. For the shell, the simulator, tests and whoever lists threads; it knows nothing
 * but the rows. */

#include <stdint.h>

/* A thread, as tr_thread_next tells it. The threads of a process stand together. */
struct tr_wait_row {
    uint64_t pid, tid, peer, object, until;
    uint32_t wait;
    uint32_t is_stuck; /* set by tr_waits_find: nothing that is in the rows can end its wait … */
    uint32_t circle;   /* … and it is part of this circle, from 1 on; 0: of none */
};

/* The first row of a process; count: there is none. */
static inline uint64_t tr_waits_process(const struct tr_wait_row *rows, uint64_t count,
                                        uint64_t pid)
{
    uint64_t at = 0;
    while (at < count && rows[at].pid != pid) {
        at++;
    }
    return at;
}

/* A process can be the one that ends a wait unless all its threads are stuck. */
static inline uint32_t tr_waits_is_held(const struct tr_wait_row *rows, uint64_t count,
                                        uint64_t pid)
{
    uint64_t at = tr_waits_process(rows, count, pid);
    uint32_t is_held = at < count;
    for (; at < count && rows[at].pid == pid; at++) {
        is_held = is_held && rows[at].is_stuck;
    }
    return is_held;
}

/* Sets is_stuck: threads that wait without an end for a process all of whose threads are stuck. At
 * first everyone who waits for a process is; who is not, as somebody can help, is taken out until
 * nothing changes. */
static inline void tr_waits_mark(struct tr_wait_row *rows, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        rows[i].circle = 0;
        rows[i].is_stuck = rows[i].peer != 0 && rows[i].until == UINT64_MAX;
    }
    for (uint32_t has_changed = 1; has_changed;) {
        has_changed = 0;
        for (uint64_t i = 0; i < count; i++) {
            if (rows[i].is_stuck && !tr_waits_is_held(rows, count, rows[i].peer)) {
                rows[i].is_stuck = 0;
                has_changed = 1;
            }
        }
    }
}

/* Marks the stuck threads and numbers their circles. Of a process with several threads the first
 * one stands for all. Gives the number of circles. */
static inline uint32_t tr_waits_find(struct tr_wait_row *rows, uint64_t count)
{
    uint32_t circles = 0;
    tr_waits_mark(rows, count);
    for (uint64_t start = 0; start < count; start++) {
        if (!rows[start].is_stuck) {
            continue;
        }
        /* As many steps as there are rows lead into the circle that everything stuck ends in. */
        uint64_t at = start;
        for (uint64_t steps = 0; steps < count; steps++) {
            at = tr_waits_process(rows, count, rows[at].peer);
        }
        if (rows[at].circle == 0) {
            circles++;
        }
        for (; rows[at].circle == 0; at = tr_waits_process(rows, count, rows[at].peer)) {
            rows[at].circle = circles;
        }
    }
    return circles;
}
