/* SPDX-License-Identifier: MIT */
#pragma once

/* The processes that init has started: those of its list and those it was asked to run. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/types.h>

/* What happens when the child ends. */
enum child_kind {
    CHILD_JOB,   /* nothing; ended with the system */
    CHILD_START, /* nothing */
    CHILD_KEEP,  /* it is started again */
    CHILD_DRIVER /* it is started again unless it exits with 0: there is nothing to drive */
};

struct child_plan {
    enum child_kind kind;
    bool is_session; /* may ask init; with its own end, unless it is kept, the system stops */
    bool is_deputy;  /* may ask init as its asker may */
    uint64_t asker;  /* pid of who had it started; 0: the list */
    uint32_t process_class;
    uint32_t spawn_flags;
    const char *program;  /* the name of a boot module */
    const void *argument; /* copied */
    uint64_t argument_size;
};

/* Starts a child; returns its pid or a TR_E_* (NOENT: no such program). */
int64_t child_start(const struct child_plan *plan);

/* True if a child of this program lives. */
bool child_exists(const char *program);

/* A child has ended, as its PROCESS_EXIT event tells. */
void child_ended(const struct tr_event *event);

/* The pid of the session, 0 if there is none now. */
uint64_t child_session(void);

/* True if this is a deputy; if it works for `pid`, directly or by others. */
bool child_is_deputy(uint64_t pid);
bool child_works_for(uint64_t deputy, uint64_t pid);

/* Ends all jobs; from now on no child is started again. */
void children_end(void);
