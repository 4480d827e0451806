/* SPDX-License-Identifier: MIT */
/* The event example: one thread, a loop, and functions that are called when something happens.
 * Three clocks tick at their own pace; after one second the loop ends. */

#include <stdio.h>
#include <terrarium.h>
#include <terrarium/event.h>

TR_PROGRAM_ABOUT("lets three clocks tick for a second");

#define MS UINT64_C(1000000)

struct clock {
    const char *name;
    uint64_t period, ticks;
};

static uint64_t start; /* when the program began */
static struct clock clocks[] = {
    {"slow", 500 * MS, 0},
    {"middle", 250 * MS, 0},
    {"fast", 100 * MS, 0},
};
#define CLOCKS (sizeof clocks / sizeof clocks[0])

/* A timer fires once and is set again by its own handler, counted from the time it was due: so it
 * does not drift, however late the handler runs. Its name is its cookie, here the clock's number.
 */
static void on_tick(struct tru_loop *loop, const struct tr_event *event, void *user)
{
    struct clock *clock = user;

    (void)loop;
    clock->ticks++;
    printf("%4lu ms  %s tick %lu\n", (event->time - start) / MS, clock->name, clock->ticks);
    tr_timer_set(event->time + clock->period, event->cookie);
}

static void on_end(struct tru_loop *loop, const struct tr_event *event, void *user)
{
    (void)event;
    (void)user;
    tru_loop_end(loop, 0);
}

int main(void)
{
    struct tru_loop loop = {0};

    start = (uint64_t)tr_clock();
    for (uint64_t i = 0; i < CLOCKS; i++) {
        tru_loop_on(&loop, TR_EVENT_TIMER, i, on_tick, &clocks[i]);
        tr_timer_set(start + clocks[i].period, i);
    }
    tru_loop_on(&loop, TR_EVENT_TIMER, CLOCKS, on_end, NULL);
    tr_timer_set(start + 1000 * MS + MS / 2, CLOCKS);
    return (int)tru_loop_run(&loop);
}
