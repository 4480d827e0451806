/* SPDX-License-Identifier: MIT */
#pragma once

/* Scripted scenarios that the sweeps run again and again. A scenario is a function that makes its
 * parties do things through the functions below, each of them one kernel entry. It never looks at
 * results but to use them as words of later calls: whoever has been killed, and whatever has been
 * refused, the others go on. */

#include "unit.h"

#define SCENE_PARTIES 3
#define SCENE_BUFFER  (4 * 4096)

struct scene {
    struct machine *machine;
    uint64_t pids[SCENE_PARTIES];
    uint64_t entries;          /* made so far */
    uint64_t kill_at;          /* before this entry (from 1) `victim` is killed; 0: never */
    uint64_t victim;           /* index into pids */
    uint64_t words[8];         /* what calls gave, for later calls */
    uint8_t in[SCENE_BUFFER];  /* what is sent and written */
    uint8_t out[SCENE_BUFFER]; /* what is received */
    struct tr_event event;
};

struct scenario {
    const char *name;
    void (*run)(struct scene *scene);
    enum tr_class classes[SCENE_PARTIES];
};
extern const struct scenario scenarios[];
extern const size_t scenario_count;

/* A machine with the scenario's parties, all runnable, and what must hold when all is over: the
 * audit, and nothing left once everybody has ended. */
struct scene *scene_begin(const struct scenario *scenario);
void scene_end(struct scene *scene);

/* Party `who` calls. Its result; SCENE_GONE if it does not come to run, or sleeps. Fails the test
 * if a call that is refused has changed anything. */
#define SCENE_GONE 0
uint64_t scene_call(struct scene *scene, uint64_t who, uint64_t number, const uint64_t words[6]);

/* Time passes, with everything that was to happen on the way. */
void scene_pass(struct scene *scene, uint64_t nanoseconds);
void scene_raise(struct scene *scene, uint32_t line);
/* Party `who` faults, if it comes to run. */
void scene_fault(struct scene *scene, uint64_t who);

/* Takes the next event of a party; the object it is about, or SCENE_GONE. */
uint64_t scene_event(struct scene *scene, uint64_t who);
