/* SPDX-License-Identifier: MIT */
#pragma once

/* An event loop: functions that are called when an event of a kind comes. The way to write a
 * program that waits for several things at once with one thread.
 *
 *     struct tru_loop loop = {0};
 *     tru_loop_on(&loop, TR_EVENT_TIMER, 7, on_tick, NULL);
 *     tr_timer_set(when, 7);
 *     return tru_loop_run(&loop);
 */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

/* The cookie that stands for every cookie. */
#define TRU_ANY_COOKIE UINT64_MAX

struct tru_loop;
typedef void tru_handler(struct tru_loop *loop, const struct tr_event *event, void *user);

#define TRU_LOOP_HANDLERS 32

/* All zero is a loop without handlers. Only the functions below change it. */
struct tru_loop {
    struct tru_loop_entry {
        tru_handler *handler;
        void *user;
        uint64_t cookie;
        uint32_t kind;
    } entries[TRU_LOOP_HANDLERS];
    uint32_t count;
    bool is_ended;
    int64_t result;
};

/* Has `handler` called for events of this kind and cookie. The first one that fits is called; an
 * event without one is dropped, a message is discarded, SAVE_STATE is answered with
 * tr_system_saved. TR_E_LIMIT: the loop has no room. */
int64_t tru_loop_on(struct tru_loop *loop, uint32_t kind, uint64_t cookie, tru_handler *handler,
                    void *user);

/* Calls handlers until one of them ends the loop; returns the result given there. */
int64_t tru_loop_run(struct tru_loop *loop);

/* Makes tru_loop_run return after the present handler. */
void tru_loop_end(struct tru_loop *loop, int64_t result);
